import Kernels

/// A layer's attention over the rows of a pass.
///
/// Keys lie in two runs: those of the lane's prefix and the lane's own rows. Sums go by absolute key position, so where
/// the one ends and the other begins changes no bit.
struct LayerAttention {
    private let pass: Pass
    private let layer: Int
    private let compute: Compute
    private let queries: Rows
    private let keys: Rows
    private let values: Rows
    private let sinks: Rows?
    private let dimension: Int
    private let heads: Int
    private let headsPerGroup: Int
    /// Positions a query sees, itself included.
    private let window: Int
    /// For each lane, where its keys and values lie.
    private let places: [Place]
    private let rowLanes: [Int]
    private let rowPositions: [Int]

    /// Where a lane's keys and values lie.
    private struct Place {
        let prefixKeys: UnsafePointer<Float>
        let prefixValues: UnsafePointer<Float>
        let prefixCount: Int
        let ownKeys: UnsafePointer<Float>
        let ownValues: UnsafePointer<Float>
    }

    init(
        pass: Pass, layer: Int, compute: Compute, queries: Rows, keys: Rows, values: Rows, sinks: Rows?
    ) {
        self.pass = pass
        self.layer = layer
        self.compute = compute
        self.queries = queries
        self.keys = keys
        self.values = values
        self.sinks = sinks
        dimension = pass.blueprint.headDimension
        heads = pass.blueprint.headCount
        headsPerGroup = pass.blueprint.headsPerGroup
        window = pass.blueprint.layers[layer].window ?? .max
        rowLanes = pass.rowLanes
        rowPositions = pass.rowPositions
        places = zip(pass.lanes, pass.keyRows).map { lane, range in
            let prefix = lane.first > 0 ? lane.prefix?.layers[layer] : nil
            return Place(
                prefixKeys: (prefix?.keys ?? keys).pointer, prefixValues: (prefix?.values ?? values).pointer,
                prefixCount: prefix == nil ? 0 : lane.first, ownKeys: keys[range.lowerBound],
                ownValues: values[range.lowerBound])
        }
    }

    /// Each head's mixture of values.
    /// - Shape: [row, head × channel].
    func mixed() -> Rows {
        let z = Rows(queries.count, width: queries.width)
        let throughTables = pass.lanes.indices.map { lane in
            pass.concerns(Site(.scores, layer: layer), lane: lane)
                || pass.concerns(Site(.pattern, layer: layer), lane: lane)
        }
        mix(rowLanes.indices.filter { !throughTables[rowLanes[$0]] }, into: z)
        for lane in pass.lanes.indices where throughTables[lane] { mixThroughTable(lane: lane, into: z) }
        return z
    }

    /// Mixes values for some rows, a row and head at a time, keeping no table.
    private func mix(_ rows: [Int], into z: Rows) {
        let keyCount = (rows.map { rowPositions[$0] }.max() ?? 0) + 1
        let chunk = min(heads, max(1, rows.count * heads / (compute.pool.threads * 4)))
        compute.pool.forEachRange(rows.count * heads, chunk: chunk) { items in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: keyCount) { scratch in
                guard let scores = scratch.baseAddress else { return }
                for item in items {
                    let (row, head) = (rows[item / heads], item % heads)
                    scoreKeys(row, head, into: scores)
                    weighKeys(row, head, scores, into: scores)
                    mixValues(row, head, scores, into: z)
                }
            }
        }
    }

    /// Mixes values for a lane through whole [head, query, key] tables, which interventions may change.
    private func mixThroughTable(lane: Int, into z: Rows) {
        let range = pass.laneRows[lane]
        let (queryCount, keyCount) = (range.count, pass.lanes[lane].tokens.count)
        let scores = Rows(heads * queryCount, width: keyCount, repeating: -.infinity)
        compute.pool.forEach(scores.count) { item in
            scoreKeys(range.lowerBound + item % queryCount, item / queryCount, into: scores[item])
        }
        pass.visitTable(.scores, layer, lane: lane, scores)
        let pattern = Rows(scores.count, width: keyCount, repeating: 0)
        compute.pool.forEach(scores.count) { item in
            weighKeys(range.lowerBound + item % queryCount, item / queryCount, scores[item], into: pattern[item])
        }
        pass.visitTable(.pattern, layer, lane: lane, pattern)
        compute.pool.forEach(scores.count) { item in
            mixValues(range.lowerBound + item % queryCount, item / queryCount, pattern[item], into: z)
        }
    }

    /// The first key a row's query sees.
    private func firstVisible(_ row: Int) -> Int { max(0, rowPositions[row] - (window - 1)) }

    private func scoreKeys(_ row: Int, _ head: Int, into scores: UnsafeMutablePointer<Float>) {
        let place = places[rowLanes[row]]
        compute.attentionScores(
            queries[row] + head * dimension, width: dimension,
            keys: segments(row, head, prefix: place.prefixKeys, own: place.ownKeys, place.prefixCount),
            first: firstVisible(row), scale: 1 / Float(dimension).squareRoot(), into: scores)
    }

    private func weighKeys(
        _ row: Int, _ head: Int, _ scores: UnsafePointer<Float>, into pattern: UnsafeMutablePointer<Float>
    ) {
        compute.attentionSoftmax(
            scores, count: rowPositions[row] + 1, first: firstVisible(row), sink: sinks?.pointer[head], into: pattern)
    }

    private func mixValues(_ row: Int, _ head: Int, _ pattern: UnsafePointer<Float>, into z: Rows) {
        let place = places[rowLanes[row]]
        compute.attentionMix(
            pattern, values: segments(row, head, prefix: place.prefixValues, own: place.ownValues, place.prefixCount),
            width: dimension, first: firstVisible(row), into: z[row] + head * dimension)
    }

    /// The keys or values that a row's query may see, of the group its head belongs to.
    private func segments(
        _ row: Int, _ head: Int, prefix: UnsafePointer<Float>, own: UnsafePointer<Float>, _ prefixCount: Int
    ) -> RowSegments {
        let group = head / headsPerGroup * dimension
        return RowSegments(
            first: prefix + group, firstStride: keys.width, firstCount: prefixCount, second: own + group,
            secondStride: keys.width, secondCount: rowPositions[row] + 1 - prefixCount)
    }
}
