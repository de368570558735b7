import Kernels
import Tensors

/// Quantizes the columns of a matrix one after another; each column's error is made up for by the columns to come.
///
/// Rows are independent of one another, and each takes its steps in one order, so the result has the same bits for any number
/// of threads.
/// - Source: Frantar et al., 2023, GPTQ, algorithm 1.
struct ErrorFeedback<Grid: WeightGrid> {
    let factor: FeedbackFactor
    let grid: Grid
    let compute: Compute
    /// Whether columns go in the file's order, so that a group's scales can wait until it is reached. Otherwise all scales are
    /// fixed from the weights as they are.
    let isInOrder: Bool

    /// Columns whose errors are passed on together.
    private var block: Int {
        let (usual, group) = (128, grid.groupLength)
        return group >= factor.count || usual % group == 0 || group % usual == 0 ? usual : group
    }

    /// Quantizes some rows.
    /// - Parameter weights: the rows, replaced by what is left over.
    /// - Shape: weights [rows.count, columns], in the file's order.
    /// - Throws: `Interrupted`.
    func quantize(_ weights: UnsafeMutablePointer<Float>, rows: Range<Int>) throws(Interrupted) {
        let count = factor.count
        let working = UnsafeMutablePointer<Double>.allocate(capacity: rows.count * count)
        let errors = UnsafeMutablePointer<Double>.allocate(capacity: rows.count * block)
        defer {
            working.deallocate()
            errors.deallocate()
        }
        compute.pool.forEach(rows.count) { row in
            for (place, column) in factor.order.enumerated() {
                working[row * count + place] = Double(weights[row * count + column])
            }
            if !isInOrder { fixAll(weights + row * count, row: rows.lowerBound + row) }
        }
        for start in stride(from: 0, to: count, by: block) {
            try Interruption.check()
            let end = min(count, start + block)
            compute.pool.forEach(rows.count) { row in
                quantize(
                    working + row * count, row: rows.lowerBound + row, start..<end, errors + row * block)
            }
            compute.subtractProducts(
                errors, stride: block, factor.values + start * count + end, stride: count, rows: rows.count,
                columns: count - end, depth: end - start, from: working + end, stride: count)
        }
    }

    private func fixAll(_ weights: UnsafeMutablePointer<Float>, row: Int) {
        let length = grid.groupLength
        for start in stride(from: 0, to: factor.count, by: length) {
            let group = UnsafeBufferPointer(start: weights + start, count: min(length, factor.count - start))
            grid.fix(row: row, group: start / length, values: group)
        }
    }

    /// One row's columns of a block.
    private func quantize(
        _ weights: UnsafeMutablePointer<Double>, row: Int, _ places: Range<Int>, _ errors: UnsafeMutablePointer<Double>
    ) {
        for place in places {
            if isInOrder, place % grid.groupLength == 0 { fix(weights, row: row, from: place) }
            let target = Float(weights[place])
            let held = grid.nearest(row: row, column: factor.order[place], to: target)
            let pivots = factor.values + place * factor.count
            let error = (weights[place] - Double(held)) / pivots[place]
            for other in place..<places.upperBound { weights[other] -= error * pivots[other] }
            errors[place - places.lowerBound] = error
        }
    }

    /// Fixes a group's scales from its values as earlier errors have made them.
    private func fix(_ weights: UnsafeMutablePointer<Double>, row: Int, from start: Int) {
        let length = min(grid.groupLength, factor.count - start)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { values in
            for index in 0..<length { values.initializeElement(at: index, to: Float(weights[start + index])) }
            grid.fix(row: row, group: start / grid.groupLength, values: UnsafeBufferPointer(values))
        }
    }
}
