import CKernels

/// Products and triangular factors of matrices of doubles, row by row in memory.
///
/// Every element takes its steps in one fixed order, so results have the same bits on every machine and any number of threads.
extension Compute {
    /// Rows and columns that a factor takes at a time.
    private static let factorBlock = 64
    /// Rows of a product that a thread takes before it looks for more.
    private static let productRows = 32

    /// c −= a · b.
    /// - Shape: a [rows, depth], b [depth, columns], c [rows, columns], each with its stride in elements.
    public func subtractProducts(
        _ a: UnsafePointer<Double>, stride aStride: Int, _ b: UnsafePointer<Double>, stride bStride: Int, rows: Int,
        columns: Int, depth: Int, from c: UnsafeMutablePointer<Double>, stride cStride: Int
    ) {
        guard rows > 0, columns > 0, depth > 0 else { return }
        pool.forEachRange(rows, chunk: Self.productRows) { part in
            operations.subtract_products(
                a + part.lowerBound * aStride, aStride, b, bStride, part.count, columns, depth,
                c + part.lowerBound * cStride, cStride)
        }
    }

    /// Replaces the lower triangle of a symmetric positive definite matrix by its Cholesky factor: a = l · lᵀ.
    ///
    /// The upper triangle is not read, and holds working values afterwards.
    /// - Shape: a [count, count].
    /// - Returns: false if the matrix is not positive definite; its content is then of no use.
    public func factorize(_ a: UnsafeMutablePointer<Double>, count: Int) -> Bool {
        let panel = UnsafeMutablePointer<Double>.allocate(capacity: Self.factorBlock * max(1, count))
        defer { panel.deallocate() }
        for start in stride(from: 0, to: count, by: Self.factorBlock) {
            let end = min(count, start + Self.factorBlock)
            for row in start..<end {
                Self.eliminate(a, count, row: row, start..<row)
                let pivot = a[row * count + row] - Self.squares(a + row * count, start..<row)
                guard pivot > 0, pivot.isFinite else { return false }
                a[row * count + row] = pivot.squareRoot()
            }
            let left = count - end
            pool.forEachRange(left, chunk: 8) { part in
                for row in part {
                    Self.eliminate(a, count, row: end + row, start..<end)
                    for k in start..<end { panel[(k - start) * left + row] = a[(end + row) * count + k] }
                }
            }
            pool.forEachRange(left, chunk: Self.productRows) { part in
                let row = end + part.lowerBound
                operations.subtract_products(
                    a + row * count + start, count, panel, left, part.count, part.upperBound, end - start,
                    a + row * count + end, count)
            }
        }
        return true
    }

    /// Solves for a row's elements in some columns, of which the factor's rows are done.
    private static func eliminate(_ a: UnsafeMutablePointer<Double>, _ count: Int, row: Int, _ columns: Range<Int>) {
        let own = a + row * count
        for column in columns {
            let other = a + column * count
            var value = own[column]
            for k in columns.lowerBound..<column { value -= own[k] * other[k] }
            own[column] = value / other[column]
        }
    }

    private static func squares(_ row: UnsafeMutablePointer<Double>, _ columns: Range<Int>) -> Double {
        columns.reduce(0) { $0 + row[$1] * row[$1] }
    }

    /// The inverse of a lower triangular matrix.
    /// - Shape: lower, inverse [count, count]; what is above the diagonal of `lower` is not read, and becomes 0 in `inverse`.
    public func invert(lower: UnsafePointer<Double>, count: Int, into inverse: UnsafeMutablePointer<Double>) {
        inverse.update(repeating: 0, count: count * count)
        let width = 128
        pool.forEachRange(count, chunk: width) { columns in
            let (first, last) = (columns.lowerBound, columns.upperBound)
            for start in stride(from: first, to: count, by: Self.factorBlock) {
                let end = min(count, start + Self.factorBlock)
                for row in start..<end where row < last { inverse[row * count + row] = 1 }
                operations.subtract_products(
                    lower + start * count + first, count, inverse + first * count + first, count, end - start,
                    columns.count, start - first, inverse + start * count + first, count)
                for row in start..<end {
                    Self.solve(lower, inverse, count, row: row, behind: start, columns)
                }
            }
        }
    }

    /// One row of the inverse in some columns, all rows before `start` taken away already.
    private static func solve(
        _ lower: UnsafePointer<Double>, _ inverse: UnsafeMutablePointer<Double>, _ count: Int, row: Int,
        behind start: Int, _ columns: Range<Int>
    ) {
        let own = inverse + row * count
        for k in start..<row {
            let (weight, other) = (lower[row * count + k], inverse + k * count)
            for column in columns { own[column] -= weight * other[column] }
        }
        let pivot = lower[row * count + row]
        for column in columns { own[column] /= pivot }
    }
}
