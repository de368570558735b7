import Inference
import Scoring
import Tensors

/// Values of sites over a corpus: what mean and resampled ablation put in place of a model's own.
///
/// A site's pool holds one row for each token at which it has a value: for an expert, the tokens that chose it.
public struct ActivationPool: Sendable {
    /// The corpus's name.
    public let corpus: String
    /// Tokens run.
    public let tokenCount: Int
    private var sites: [Site: Entry]

    private struct Entry: Sendable {
        var width = 0
        var count = 0
        var sums: [Double] = []
        /// - Shape: [count, width]; empty if only the mean is wanted.
        var rows: [Float] = []
    }

    /// Runs a model over a corpus and gathers the targets' sites.
    /// - Parameter keepsRows: Whether single rows are needed, as for resampling; a mean does without.
    /// - Throws: `SurgeryError` for scores and patterns, which have no row of their own at a position.
    public static func gather(
        _ targets: [Target], of model: Model, over corpus: TokenCorpus, keepsRows: Bool, engine: Engine,
        progress: ((Int) -> Void)? = nil
    ) throws -> ActivationPool {
        if let table = targets.first(where: \.isTable) {
            throw SurgeryError(
                code: "ablate.table", subject: table.label,
                message:
                    "rows of \(table.site.row.member) are as long as the sequence, so a corpus has no mean of them",
                remedy: "ablate with zero or from a run, or ablate z")
        }
        let wanted = Set(targets.map(\.site))
        var pool = ActivationPool(corpus: corpus.name, tokenCount: corpus.tokenCount, sites: [:])
        let observed = wanted.filter { $0.kind == .expertOut }
        let others = wanted.subtracting(observed).sorted { $0.name < $1.name }
        if !observed.isEmpty {
            var request = ScanRequest(sequences: corpus.items.map(\.tokens)) { _ in [] }
            request.progress = progress
            request.observer = { seen, _ in pool.take(seen, observed, keepsRows) }
            try engine.scan(model, request) { _ in }
        }
        guard !others.isEmpty else { return pool }
        for (number, item) in corpus.items.enumerated() {
            progress?(number)
            let run = try engine.run(model, tokens: item.tokens)
            for site in others {
                guard let value = try run.valueIfChosen(site) else { continue }
                let width = value.count / value.shape[0]
                value.values.withUnsafeBufferPointer { values in
                    for row in 0..<value.shape[0] where !values[row * width].isNaN {
                        pool.take(
                            site, UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]), keepsRows)
                    }
                }
            }
        }
        return pool
    }

    /// Rows that a site has.
    public func count(of site: Site) -> Int { sites[site]?.count ?? 0 }

    /// The mean of a target's elements; nil if its site has no row.
    func mean(_ target: Target, headDimension: Int) -> [Float]? {
        guard let entry = sites[target.site], entry.count > 0 else { return nil }
        return target.elements(width: entry.width, headDimension: headDimension).map {
            Float(entry.sums[$0] / Double(entry.count))
        }
    }

    /// A target's elements of one row for each position, the row drawn by (seed, item, position); nil if there is none.
    /// - Shape: [position, element].
    func resampled(_ target: Target, headDimension: Int, positions: Int, seed: UInt64, item: Int) -> Tensor? {
        guard let entry = sites[target.site], entry.count > 0 else { return nil }
        let elements = target.elements(width: entry.width, headDimension: headDimension)
        var values: [Float] = []
        values.reserveCapacity(positions * elements.count)
        for position in 0..<positions {
            let random = KeyedRandom(
                seed: seed, purpose: "resample " + target.site.name, item: item, position: position)
            let start = random.index(below: entry.count, 0) * entry.width
            values += elements.map { entry.rows[start + $0] }
        }
        return Tensor(shape: [positions, elements.count], axes: ["position", "element"], values: values)
    }

    private mutating func take(_ seen: ExpertObservation, _ wanted: Set<Site>, _ keepsRows: Bool) {
        let width = seen.outputs.count / max(1, seen.indices.count)
        for (place, expert) in seen.indices.enumerated() {
            let site = Site(.expertOut, layer: seen.layer, expert: expert)
            if wanted.contains(site) {
                take(site, UnsafeBufferPointer(rebasing: seen.outputs[place * width..<(place + 1) * width]), keepsRows)
            }
        }
    }

    private mutating func take(_ site: Site, _ row: UnsafeBufferPointer<Float>, _ keepsRows: Bool) {
        var entry = sites.removeValue(forKey: site) ?? Entry(width: row.count, sums: row.map { _ in 0 })
        entry.count += 1
        for element in row.indices { entry.sums[element] += Double(row[element]) }
        if keepsRows { entry.rows += row }
        sites[site] = entry
    }
}

extension Run {
    /// The value of a site, or nil if its expert was chosen at no position.
    func valueIfChosen(_ site: Site) throws -> Tensor? {
        do { return try value(of: site) } catch let error as InferenceError where error.code == "site.silent" {
            return nil
        }
    }
}
