import Kernels

extension Engine {
    /// Each head's mixture of values for a layer's rows.
    /// - Shape: [row, head × channel].
    func attended(_ pass: Pass, _ layer: Int, _ x: Rows) -> Rows {
        let blueprint = pass.blueprint
        let norm = normed(
            x, weight: pass.model.vector(Role(.attentionNorm, layer: layer), compute) ?? [],
            epsilon: blueprint.normEpsilon)
        pass.keep(Site(.ln1Scale, layer: layer), norm.scale)
        pass.keep(Site(.ln1Normalized, layer: layer), norm.normalized)
        pass.keep(Site(.attnIn, layer: layer), norm.weighted)
        let queries = product(pass, norm.weighted, .query, bias: .queryBias, layer: layer)
        let keys = product(pass, norm.weighted, .key, bias: .keyBias, layer: layer)
        let values = product(pass, norm.weighted, .value, bias: .valueBias, layer: layer)
        pass.visit(.query, layer, queries)
        pass.visit(.key, layer, keys)
        pass.visit(.value, layer, values)
        turn(pass, queries, heads: blueprint.headCount, norm: Role(.queryNorm, layer: layer))
        turn(pass, keys, heads: blueprint.keyValueHeadCount, norm: Role(.keyNorm, layer: layer))
        pass.visit(.rotatedQuery, layer, queries)
        pass.visit(.rotatedKey, layer, keys)
        pass.keepKeysAndValues(layer, keys: keys, values: values)

        let z = Rows(x.count, width: queries.width)
        let sinks = pass.model.vector(Role(.sinks, layer: layer), compute)
        let attention = LayerAttention(
            pass: pass, layer: layer, compute: compute, queries: queries, keys: keys, values: values, sinks: sinks)
        for lane in pass.lanes.indices {
            let isTableNeeded =
                pass.concerns(Site(.scores, layer: layer), lane: lane)
                || pass.concerns(Site(.pattern, layer: layer), lane: lane)
            if isTableNeeded { attention.mixThroughTable(lane: lane, into: z) }
            if !isTableNeeded { attention.mix(lane: lane, into: z) }
        }
        return z
    }

    /// The residual stream behind attention: heads' mixtures through the output projection, added to what entered.
    func projected(_ pass: Pass, _ layer: Int, z: Rows, residPre: Rows, isEntry: Bool = false) -> Rows {
        pass.visit(.z, layer, z, isEntry: isEntry)
        let out = product(pass, z, .attentionOutput, bias: .attentionOutputBias, layer: layer)
        pass.visit(.attnOut, layer, out)
        return sum(residPre, out)
    }

    /// Norms (where the family has them) and rotates heads in place.
    private func turn(_ pass: Pass, _ rows: Rows, heads: Int, norm role: Role) {
        let dimension = pass.blueprint.headDimension
        if let weight = pass.model.vector(role, compute) {
            compute.rmsNorm(
                rows.pointer, rows: rows.count * heads, width: dimension, epsilon: pass.blueprint.normEpsilon,
                weight: weight, scale: nil, normalized: nil, into: rows.pointer)
        }
        compute.rotate(
            rows.pointer, rows: rows.count, heads: heads, headDimension: dimension,
            cosines: pass.rotary.cosines.pointer, sines: pass.rotary.sines.pointer)
    }

    /// Two row blocks added.
    func sum(_ a: Rows, _ b: Rows) -> Rows {
        let result = a.gathered(Array(0..<a.count))
        compute.add(b.pointer, count: b.count * b.width, to: result.pointer)
        return result
    }
}

/// A layer's attention over the rows of a pass.
///
/// Keys lie in two runs: those of the lane's prefix and the lane's own rows. Sums go by absolute key position, so where
/// the one ends and the other begins changes no bit.
struct LayerAttention {
    let pass: Pass
    let layer: Int
    let compute: Compute
    let queries: Rows
    let keys: Rows
    let values: Rows
    let sinks: [Float]?

    private var dimension: Int { pass.blueprint.headDimension }
    private var heads: Int { pass.blueprint.headCount }

    /// Mixes values for a lane, a row and head at a time, keeping no table.
    func mix(lane: Int, into z: Rows) {
        let range = pass.laneRows[lane]
        compute.pool.forEach(range.count * heads) { item in
            let (row, head) = (range.lowerBound + item / heads, item % heads)
            let keyCount = pass.rowPositions[row] + 1
            withUnsafeTemporaryAllocation(of: Float.self, capacity: keyCount) { scratch in
                guard let scores = scratch.baseAddress else { return }
                scoreKeys(lane, row, head, into: scores)
                weighKeys(row, head, scores, into: scores)
                mixValues(lane, row, head, scores, into: z)
            }
        }
    }

    /// Mixes values for a lane through whole [head, query, key] tables, which interventions may change.
    func mixThroughTable(lane: Int, into z: Rows) {
        let range = pass.laneRows[lane]
        let (queryCount, keyCount) = (range.count, pass.lanes[lane].tokens.count)
        let scores = Rows([Float](repeating: -.infinity, count: heads * queryCount * keyCount), width: keyCount)
        compute.pool.forEach(scores.count) { item in
            scoreKeys(lane, range.lowerBound + item % queryCount, item / queryCount, into: scores[item])
        }
        pass.visitTable(.scores, layer, lane: lane, scores)
        let pattern = Rows(scores.count, width: keyCount)
        compute.pool.forEach(scores.count) { item in
            weighKeys(range.lowerBound + item % queryCount, item / queryCount, scores[item], into: pattern[item])
        }
        pass.visitTable(.pattern, layer, lane: lane, pattern)
        compute.pool.forEach(scores.count) { item in
            mixValues(lane, range.lowerBound + item % queryCount, item / queryCount, pattern[item], into: z)
        }
    }

    /// The first key a row's query sees.
    private func firstVisible(_ row: Int) -> Int {
        guard let window = pass.blueprint.layers[layer].window else { return 0 }
        return max(0, pass.rowPositions[row] - window + 1)
    }

    private func scoreKeys(_ lane: Int, _ row: Int, _ head: Int, into scores: UnsafeMutablePointer<Float>) {
        compute.attentionScores(
            queries[row] + head * dimension, width: dimension, keys: segments(lane, row, head, \.keys, own: keys),
            first: firstVisible(row), scale: 1 / Float(dimension).squareRoot(), into: scores)
    }

    private func weighKeys(
        _ row: Int, _ head: Int, _ scores: UnsafePointer<Float>, into pattern: UnsafeMutablePointer<Float>
    ) {
        compute.attentionSoftmax(
            scores, count: pass.rowPositions[row] + 1, first: firstVisible(row), sink: sinks?[head], into: pattern)
    }

    private func mixValues(_ lane: Int, _ row: Int, _ head: Int, _ pattern: UnsafePointer<Float>, into z: Rows) {
        compute.attentionMix(
            pattern, values: segments(lane, row, head, \.values, own: values), width: dimension,
            first: firstVisible(row), into: z[row] + head * dimension)
    }

    /// The keys or values that a row's query may see, of the group its head belongs to.
    private func segments(
        _ lane: Int, _ row: Int, _ head: Int, _ part: KeyPath<KeyValueCache.Layer, Rows>, own: Rows
    ) -> RowSegments {
        let group = head / pass.blueprint.headsPerGroup * dimension
        let start = pass.laneRows[lane].lowerBound
        let prefix = pass.lanes[lane].first > 0 ? pass.lanes[lane].prefix?.layers[layer]?[keyPath: part] : nil
        return RowSegments(
            first: (prefix ?? own).pointer + group, firstStride: own.width,
            firstCount: prefix == nil ? 0 : pass.lanes[lane].first, second: own[start] + group,
            secondStride: own.width, secondCount: row - start + 1)
    }
}
