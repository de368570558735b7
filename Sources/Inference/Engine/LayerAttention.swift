import Kernels

/// A layer's attention over the rows of a pass.
///
/// Keys and values lie in runs of positions: those of the lane's prefix, then the lane's own rows, each in the type that the
/// cache keeps it in. Sums go by absolute key position, so where one run ends and the next begins changes no bit. Threads
/// share blocks of rows and heads; what a block reads is decoded a tile at a time, once for all its rows and heads.
struct LayerAttention {
    let pass: Pass
    let compute: Compute
    let queries: Rows
    let dimension: Int
    /// Whether any keys or values are kept in another form than float32.
    let decodes: Bool
    private let layer: Int
    private let own: KeysAndValues<KeptRows>
    private let sinks: Rows?
    private let heads: Int
    private let headsPerGroup: Int
    /// Positions a query sees, itself included.
    private let window: Int
    /// For each lane, where its keys and values lie.
    private let places: [KeysAndValues<[KeptRun]>]
    private let rowPositions: [Int]
    private let laneRows: [Range<Int>]

    init(
        pass: Pass, layer: Int, engine: Engine, queries: Rows, own: KeysAndValues<KeptRows>, sinks: Rows?
    ) {
        self.pass = pass
        self.layer = layer
        compute = engine.compute
        self.queries = queries
        self.own = own
        self.sinks = sinks
        dimension = pass.blueprint.headDimension
        heads = pass.blueprint.headCount
        headsPerGroup = pass.blueprint.headsPerGroup
        window = pass.blueprint.layers[layer].window ?? .max
        rowPositions = pass.rowPositions
        laneRows = pass.laneRows
        let steps = engine.arithmetic.cache.steps(of: pass.blueprint.layers[layer])
        places = zip(pass.lanes, pass.keyRows).map { lane, range in
            var runs = KeysAndValues<[KeptRun]>(keys: [], values: [])
            if lane.first > 0, let prefix = lane.prefix { runs = prefix.runs(layer: layer, before: lane.first) }
            for span in steps.spans {
                let positions = span.positions.clamped(to: lane.first..<lane.tokens.count)
                guard !positions.isEmpty else { continue }
                let row = range.lowerBound + positions.lowerBound - lane.first
                func run(_ rows: KeptRows) -> KeptRun {
                    KeptRun(positions: positions, type: span.type, base: rows[row], stride: rows.stride)
                }
                runs.keys.append(run(own.keys))
                runs.values.append(run(own.values))
            }
            return runs
        }
        decodes = places.contains { ($0.keys + $0.values).contains { $0.type != .f32 } }
    }

    /// Each head's mixture of values.
    /// - Shape: [row, head × channel].
    func mixed() -> Rows {
        let z = Rows(queries.count, width: queries.width)
        let throughTables = pass.lanes.indices.map { lane in
            pass.concerns(Site(.scores, layer: layer), lane: lane)
                || pass.concerns(Site(.pattern, layer: layer), lane: lane)
        }
        mix(blocks(pass.lanes.indices.filter { !throughTables[$0] }), into: z)
        for lane in pass.lanes.indices where throughTables[lane] { mixThroughTable(lane: lane, into: z) }
        return z
    }

    /// Mixes values a block at a time, keeping no table.
    private func mix(_ blocks: [Block], into z: Rows) {
        compute.pool.forEach(blocks.count) { index in
            let block = blocks[index]
            let memory = Rows(block.rows.count * block.heads.count, width: block.span.count)
            let table = ScoreTable(
                base: memory.pointer, headStride: block.rows.count * memory.width, rowStride: memory.width,
                origin: block.span.lowerBound)
            let tile = AttentionTile(self)
            withExtendedLifetime(memory) {
                score(block, into: table, tile)
                weigh(block, table, into: table)
                mixValues(block, table, into: z, tile)
            }
        }
    }

    /// Mixes values for a lane through whole [head, query, key] tables, which interventions may change.
    private func mixThroughTable(lane: Int, into z: Rows) {
        let (queryCount, keyCount) = (laneRows[lane].count, pass.lanes[lane].tokens.count)
        let scores = Rows(heads * queryCount, width: keyCount, repeating: -.infinity)
        let pattern = Rows(heads * queryCount, width: keyCount, repeating: 0)
        let blocks = blocks([lane])
        func table(_ rows: Rows, _ block: Block) -> ScoreTable {
            ScoreTable(
                base: rows[block.heads.lowerBound * queryCount + block.rows.lowerBound - laneRows[lane].lowerBound],
                headStride: queryCount * keyCount, rowStride: keyCount, origin: 0)
        }
        compute.pool.forEach(blocks.count) { index in
            score(blocks[index], into: table(scores, blocks[index]), AttentionTile(self))
        }
        pass.visitTable(.scores, layer, lane: lane, scores)
        compute.pool.forEach(blocks.count) { index in
            weigh(blocks[index], table(scores, blocks[index]), into: table(pattern, blocks[index]))
        }
        pass.visitTable(.pattern, layer, lane: lane, pattern)
        compute.pool.forEach(blocks.count) { index in
            mixValues(blocks[index], table(pattern, blocks[index]), into: z, AttentionTile(self))
        }
    }
}

extension LayerAttention {
    /// Rows of one lane and heads of one group, whose scores are worked out together.
    struct Block {
        let lane: Int
        let rows: Range<Int>
        let group: Int
        let heads: Range<Int>
        /// The positions that any of its rows sees.
        let span: Range<Int>
    }

    /// Where the scores of a block's rows and heads lie, or the weights made of them.
    struct ScoreTable {
        /// Those of the first row and head.
        let base: UnsafeMutablePointer<Float>
        let headStride: Int
        let rowStride: Int
        /// The position of the first.
        let origin: Int

        /// The score of a row and head, both counted within the block, for a position.
        func at(_ row: Int, _ head: Int, _ position: Int) -> UnsafeMutablePointer<Float> {
            base + head * headStride + row * rowStride + position - origin
        }
    }

    /// Scores that a block holds at most, unless a single row has more: what stays in a core's own cache.
    private static let mostScores = 1 << 16
    /// Rows that a block has at most, so that there are blocks for all threads.
    private static let mostRows = 32

    /// The rows of some lanes in blocks.
    private func blocks(_ lanes: [Int]) -> [Block] {
        var parts: [(lane: Int, rows: Range<Int>, span: Range<Int>)] = []
        for lane in lanes {
            var start = laneRows[lane].lowerBound
            while start < laneRows[lane].upperBound {
                let first = firstVisible(start)
                var end = start + 1
                while end < laneRows[lane].upperBound, end - start < Self.mostRows,
                    (end + 1 - start) * headsPerGroup * (rowPositions[end] + 1 - first) <= Self.mostScores
                { end += 1 }
                parts.append((lane, start..<end, first..<rowPositions[end - 1] + 1))
                start = end
            }
        }
        let groups = heads / headsPerGroup
        // Where there are too few blocks for the threads, a group's heads are split: each part then decodes for itself.
        let wanted = compute.pool.threads > 1 ? 2 * compute.pool.threads : 1
        let split = min(headsPerGroup, max(1, wanted / max(1, parts.count * groups)))
        let width = (headsPerGroup + split - 1) / split
        return parts.flatMap { part in
            (0..<groups).flatMap { group in
                stride(from: group * headsPerGroup, to: (group + 1) * headsPerGroup, by: width).map { head in
                    Block(
                        lane: part.lane, rows: part.rows, group: group,
                        heads: head..<min(head + width, (group + 1) * headsPerGroup), span: part.span)
                }
            }
        }
    }

    /// The first key a row's query sees.
    private func firstVisible(_ row: Int) -> Int { max(0, rowPositions[row] - (window - 1)) }

    /// The positions of a tile that a row sees.
    private func visible(_ row: Int, _ tile: Range<Int>) -> Range<Int> {
        tile.clamped(to: firstVisible(row)..<rowPositions[row] + 1)
    }

    private func score(_ block: Block, into table: ScoreTable, _ tile: AttentionTile) {
        let scale = 1 / Float(dimension).squareRoot()
        tile.read(places[block.lane].keys, group: block.group, within: block.span) { positions, keys, stride in
            for (index, row) in block.rows.enumerated() {
                let seen = visible(row, positions)
                if seen.isEmpty { continue }
                for (number, head) in block.heads.enumerated() {
                    compute.attentionScores(
                        queries[row] + head * dimension, width: dimension,
                        keys: keys + (seen.lowerBound - positions.lowerBound) * stride, stride: stride,
                        count: seen.count, scale: scale, into: table.at(index, number, seen.lowerBound))
                }
            }
        }
    }

    private func weigh(_ block: Block, _ scores: ScoreTable, into pattern: ScoreTable) {
        for (index, row) in block.rows.enumerated() {
            let first = firstVisible(row)
            for (number, head) in block.heads.enumerated() {
                compute.attentionSoftmax(
                    scores.at(index, number, first), count: rowPositions[row] + 1 - first, first: first,
                    sink: sinks?.pointer[head], into: pattern.at(index, number, first))
            }
        }
    }

    private func mixValues(_ block: Block, _ pattern: ScoreTable, into z: Rows, _ tile: AttentionTile) {
        for row in block.rows {
            (z[row] + block.heads.lowerBound * dimension).update(repeating: 0, count: block.heads.count * dimension)
        }
        tile.read(places[block.lane].values, group: block.group, within: block.span) { positions, values, stride in
            for (index, row) in block.rows.enumerated() {
                let seen = visible(row, positions)
                if seen.isEmpty { continue }
                for (number, head) in block.heads.enumerated() {
                    compute.attentionMix(
                        pattern.at(index, number, seen.lowerBound),
                        values: values + (seen.lowerBound - positions.lowerBound) * stride, stride: stride,
                        count: seen.count, width: dimension, into: z[row] + head * dimension)
                }
            }
        }
    }
}
