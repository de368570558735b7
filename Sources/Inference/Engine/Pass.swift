import Tensors

/// One forward pass on its way: whose row is whose, what is to change, what is to be kept.
///
/// Parallel work only reads it; what changes, changes between parallel regions.
final class Pass: @unchecked Sendable {
    let model: Model
    let lanes: [Lane]
    let capture: Capture
    let layers: Range<Int>
    /// The rows of each lane, below one another.
    private(set) var laneRows: [Range<Int>]
    private(set) var rowLanes: [Int]
    private(set) var rowPositions: [Int]
    private(set) var rotary: RotaryTable
    /// The rows of each lane among keys and values, which are there for rows, too, that the last layer drops.
    let keyRows: [Range<Int>]
    var results: [LaneResult]
    /// The interventions at each site, by lane: the model's first, then the lane's own with their number.
    let changes: [Site: [Change]]

    struct Change {
        let lane: Int
        let intervention: Intervention
        /// Its number among the lane's own; nil for one of the model's.
        let number: Int?
    }

    var blueprint: Blueprint { model.blueprint }
    /// Whether nothing is changed or kept at any site.
    var isPlain: Bool { changes.isEmpty && capture.sites.isEmpty }
    var rowCount: Int { rowLanes.count }

    init(model: Model, lanes: [Lane], layers: Range<Int>, capture: Capture) {
        self.model = model
        self.lanes = lanes
        self.capture = capture
        self.layers = layers
        laneRows = Self.ranges(lanes.map(\.rowCount))
        keyRows = laneRows
        rowLanes = lanes.indices.flatMap { Array(repeating: $0, count: lanes[$0].rowCount) }
        rowPositions = lanes.flatMap { Array($0.first..<$0.tokens.count) }
        rotary = RotaryTable(
            rule: model.blueprint.rotary, headDimension: model.blueprint.headDimension, positions: rowPositions)
        results = lanes.map { lane in
            LaneResult(output: Rows(0, width: 0), fired: Array(repeating: 0, count: lane.interventions.count))
        }
        var changes: [Site: [Change]] = [:]
        for (index, lane) in lanes.enumerated() {
            for intervention in model.interventions {
                changes[intervention.site, default: []].append(
                    Change(lane: index, intervention: intervention, number: nil))
            }
            for (number, intervention) in lane.interventions.enumerated() {
                changes[intervention.site, default: []].append(
                    Change(lane: index, intervention: intervention, number: number))
            }
        }
        self.changes = changes
    }

    /// Runs of so many rows, below one another.
    private static func ranges(_ counts: [Int]) -> [Range<Int>] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return start..<start + count
        }
    }

    /// Goes on with some rows alone.
    func keep(rows: [Int]) {
        laneRows = Self.ranges(laneRows.map { range in rows.count { range.contains($0) } })
        rowLanes = rows.map { rowLanes[$0] }
        rowPositions = rows.map { rowPositions[$0] }
        rotary = rotary.gathered(rows)
    }

    /// The changes at a site.
    func changes(at site: Site) -> [Change] { changes[site] ?? [] }

    /// Whether anything at a site is changed or kept in one lane.
    func concerns(_ site: Site, lane: Int) -> Bool {
        if isPlain { return false }
        return capture.sites.contains(site) || changes(at: site).contains { $0.lane == lane }
    }

    /// Applies the changes at a row-shaped site, then keeps its value if wanted.
    ///
    /// Rows that a pass is entered with come from an earlier pass, which applied the model's interventions there already.
    func visit(_ kind: SiteKind, _ layer: Int?, _ rows: Rows, isEntry: Bool = false) {
        let site = Site(kind, layer: layer)
        for change in changes(at: site) where !(isEntry && change.number == nil) {
            let range = laneRows[change.lane]
            var touched = 0
            for row in range {
                let position = rowPositions[row]
                let isApplied = change.intervention.apply(
                    to: rows[row], width: rows.width, at: position, headDimension: blueprint.headDimension)
                touched += isApplied ? 1 : 0
            }
            count(change, touched)
        }
        keep(site, rows)
    }

    /// Keeps a row-shaped site's value if wanted.
    func keep(_ site: Site, _ rows: @autoclosure () -> Rows) {
        guard !capture.sites.isEmpty, capture.sites.contains(site) else { return }
        let rows = rows()
        for (lane, range) in laneRows.enumerated() {
            results[lane].captured[site] = rows.gathered(range)
        }
    }

    /// Applies and keeps at a site inside an expert, where only the rows that chose the expert have a value.
    func visitExpert(
        _ kind: SiteKind, _ layer: Int, _ expert: Int, _ rows: UnsafeMutablePointer<Float>, width: Int, members: [Int]
    ) {
        let site = Site(kind, layer: layer, expert: expert)
        for change in changes(at: site) {
            var touched = 0
            for (index, row) in members.enumerated() where rowLanes[row] == change.lane {
                let isApplied = change.intervention.apply(
                    to: rows + index * width, width: width, at: rowPositions[row],
                    headDimension: blueprint.headDimension)
                touched += isApplied ? 1 : 0
            }
            count(change, touched)
        }
        guard capture.sites.contains(site) else { return }
        for (lane, range) in laneRows.enumerated() {
            let kept = Rows(range.count, width: width, repeating: .nan)
            for (index, row) in members.enumerated() where range.contains(row) {
                kept[row - range.lowerBound].update(from: rows + index * width, count: width)
            }
            results[lane].captured[site] = kept
        }
    }

    /// Applies and keeps at a site of one lane's [head, query, key] table; row `head * queries + query`.
    func visitTable(_ kind: SiteKind, _ layer: Int, lane: Int, _ table: Rows) {
        let site = Site(kind, layer: layer)
        let queries = laneRows[lane].count
        for change in changes(at: site) where change.lane == lane {
            var touched = 0
            for head in change.intervention.heads(of: blueprint.headCount) {
                for query in 0..<queries {
                    let position = rowPositions[laneRows[lane].lowerBound + query]
                    let row = table[head * queries + query]
                    let changed = change.intervention.applyTable(
                        to: row, keys: table.width, head: head, query: position)
                    touched += changed ? 1 : 0
                }
            }
            count(change, touched)
        }
        if capture.sites.contains(site) { results[lane].captured[site] = table }
    }

    func keepResidual(_ layer: Int, _ x: Rows) {
        guard capture.residuals else { return }
        for (lane, range) in laneRows.enumerated() { results[lane].residuals[layer] = x.part(range) }
    }

    /// Keeps a layer's keys and values if wanted.
    func keep(_ own: KeysAndValues<KeptRows>) {
        guard capture.cache else { return }
        for (lane, range) in keyRows.enumerated() {
            results[lane].own.append(OwnKeysAndValues(rows: own, range: range))
        }
    }

    func finish(_ x: Rows, lastLayer: Int) {
        for (lane, range) in laneRows.enumerated() {
            if capture.residuals { results[lane].residuals[lastLayer] = x.part(range) }
            guard let wanted = lanes[lane].wanted else {
                results[lane].output = x.part(range)
                continue
            }
            let rows = range.filter { wanted.contains(rowPositions[$0]) }
            results[lane].output = rows.count == x.count ? x : x.gathered(rows)
        }
    }

    func count(_ change: Change, _ touched: Int) {
        if let number = change.number { results[change.lane].fired[number] += touched }
    }
}
