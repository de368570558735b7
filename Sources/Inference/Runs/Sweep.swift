import Tensors

/// One variant's outcome in a sweep.
public struct SweepOutcome: Sendable {
    /// The variant's number.
    public let index: Int
    /// - Shape: [position, vocabulary], the positions asked for.
    public let logits: Tensor
    /// How many rows each intervention changed.
    public let fired: [Int]
}

/// What a sweep computed, against one full forward pass a variant.
public struct SweepCost: Sendable {
    /// Layer × position cells computed.
    public var computedCells = 0
    /// Cells that full passes would have computed.
    public var fullCells = 0

    public init() {}
}

extension Engine {
    /// Runs variants of a run, each from the first layer and position that its interventions change; variants that enter the
    /// same layer at the same place share a pass over the weights, whatever their positions.
    ///
    /// The bits are those of a full run of each variant. Outcomes come grouped by where they start, not in the variants'
    /// order: `SweepOutcome.index` tells which is which.
    /// - Parameter positions: Where logits are wanted, ascending.
    /// - Throws: `InferenceError` for a site that the model lacks, `Interrupted`, and what `deliver` throws.
    @discardableResult
    public func sweep(
        _ base: Run, variants: [[Intervention]], logitsAt positions: [Int], deliver: (SweepOutcome) throws -> Void
    ) throws -> SweepCost {
        guard arithmetic == base.arithmetic else {
            return try under(base.arithmetic).sweep(
                base, variants: variants, logitsAt: positions, deliver: deliver)
        }
        var groups: [SweepEntry: [SweepMember]] = [:]
        var firstChange = FirstChange(base)
        for (index, interventions) in variants.enumerated() {
            for intervention in interventions {
                try base.model.blueprint.check(intervention.site)
                try intervention.check(length: base.tokens.count)
            }
            let first = try interventions.map { try firstChange.position(of: $0) }.min() ?? base.tokens.count
            let entry = SweepEntry(interventions)
            groups[entry, default: []].append(
                SweepMember(index: index, first: entry.first(min(first, positions.first ?? 0))))
        }
        var cost = SweepCost()
        cost.fullCells = variants.count * base.tokens.count * base.model.blueprint.layers.count
        for entry in groups.keys.sorted() {
            let members = groups[entry] ?? []
            let start = try entry.start(in: base)
            var next = 0
            while next < members.count {
                let end = batchEnd(
                    from: next, counts: { base.tokens.count - members[$0].first }, limit: members.count)
                let part = Array(members[next..<end])
                let rowCount = part.reduce(0) { $0 + base.tokens.count - $1.first }
                cost.computedCells += rowCount * (base.model.blueprint.layers.count - entry.layer)
                try runVariants(base, part, of: variants, entry, start, positions, deliver)
                next = end
            }
        }
        return cost
    }

    /// What a sweep over one sequence would compute at most, without computing it: a variant whose values turn out to be
    /// those of the run for a while starts later.
    /// - Parameter positions: Where logits are wanted, ascending; so are the interventions' own.
    public static func sweepCost(
        of variants: [[Intervention]], length: Int, layerCount: Int, logitsAt positions: [Int]
    ) -> SweepCost {
        var cost = SweepCost()
        cost.fullCells = variants.count * length * layerCount
        for interventions in variants {
            let touched = interventions.map { $0.positions?.first ?? 0 }.min() ?? 0
            let entry = SweepEntry(interventions)
            let first = entry.first(min(touched, positions.first ?? 0))
            cost.computedCells += (length - first) * (layerCount - entry.layer)
        }
        return cost
    }

    private func runVariants(
        _ base: Run, _ members: [SweepMember], of variants: [[Intervention]], _ entry: SweepEntry, _ start: Lane.Start,
        _ positions: [Int], _ deliver: (SweepOutcome) throws -> Void
    ) throws {
        let kept = base.interventions.filter { !entry.covers($0.site) }
        let lanes = members.map { member in
            Lane(
                tokens: base.tokens, first: member.first, start: start, prefix: base.cache,
                interventions: kept + variants[member.index], wanted: positions)
        }
        let results = try forward(base.model, lanes: lanes, layers: entry.layer..<base.model.blueprint.layers.count)
        let step = max(1, Self.logitRows(base.model) / max(1, positions.count))
        for start in stride(from: 0, to: members.count, by: step) {
            let part = start..<min(start + step, members.count)
            let rows = logits(
                base.model, .stacked(results[part].map(\.output), width: base.model.blueprint.hiddenSize))
            for (block, number) in part.enumerated() {
                let range = block * positions.count..<(block + 1) * positions.count
                let (index, first) = (members[number].index, members[number].first)
                let fired = zip(results[number].fired.dropFirst(kept.count), variants[index]).map { count, change in
                    count + change.countBefore(first)
                }
                let logits = rows.tensor(range, shape: [rows.width], axes: ["position", "vocabulary"])
                try deliver(SweepOutcome(index: index, logits: logits, fired: fired))
            }
        }
    }
}

/// One variant of those that share a pass.
private struct SweepMember {
    let index: Int
    /// The first position to compute.
    let first: Int
}

/// Where a variant enters the forward pass.
struct SweepEntry: Hashable, Comparable {
    enum Stage: Int { case tokens, residPre, z, residMid }

    let layer: Int
    let stage: Stage

    /// The latest entry that comes before everything the interventions touch.
    init(_ interventions: [Intervention]) {
        let places = interventions.map { ($0.site.layer ?? 0, Self.stage(of: $0.site.kind)) }
        let earliest = places.min { ($0.0, $0.1.rawValue) < ($1.0, $1.1.rawValue) } ?? (0, .tokens)
        layer = earliest.0
        stage = earliest.1
    }

    /// The first position to compute, where the interventions change none before that one: all of them from the embeddings on.
    func first(_ position: Int) -> Int { stage == .tokens ? 0 : position }

    static func < (a: SweepEntry, b: SweepEntry) -> Bool {
        (a.layer, a.stage.rawValue) < (b.layer, b.stage.rawValue)
    }

    /// Whether a site's interventions are already in the rows that the pass is entered with.
    func covers(_ site: Site) -> Bool {
        let other = site.layer ?? 0
        if stage == .tokens { return false }
        if other != layer { return other < layer || site.layer == nil }
        return Self.entrySite(stage).map { site.kind.rawValue <= $0.rawValue } ?? false
    }

    /// The rows to enter with.
    func start(in base: Run) throws -> Lane.Start {
        switch stage {
        case .tokens: return .tokens
        case .residPre: return .residPre(base.residuals[layer])
        case .z: return .z(try base.rows(of: Site(.z, layer: layer)), residPre: base.residuals[layer])
        case .residMid: return .residMid(try base.rows(of: Site(.residMid, layer: layer)))
        }
    }

    private static func entrySite(_ stage: Stage) -> SiteKind? {
        switch stage {
        case .tokens: nil
        case .residPre: .residPre
        case .z: .z
        case .residMid: .residMid
        }
    }

    private static func stage(of kind: SiteKind) -> Stage {
        switch kind {
        case .embed: .tokens
        case _ where kind.rawValue < SiteKind.z.rawValue: .residPre
        case _ where kind.rawValue < SiteKind.residMid.rawValue: .z
        default: .residMid
        }
    }
}
