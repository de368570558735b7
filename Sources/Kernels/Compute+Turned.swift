import CKernels

/// Products of many vectors: rows and vectors are turned once, after which sixteen rows lie in sixteen lanes and no lanes have
/// to be folded. Every dot product takes its terms in the canonical order all the same.
extension Compute {
    /// Rows of a panel.
    static let turnedRows = Int(lk_turned_rows)

    /// Whether turning costs less than it saves: as much as some rows' products with each vector, and as some vectors' products
    /// with each row. AVX-512 folds so fast that only long rows gain. Measured with `lancet kernels --bench --every-variant`
    /// and, for rows of 256 columns, on the teaching models.
    func turns(_ job: MatmulJob) -> Bool {
        let isWide = variant.index == KernelVariant.avx512.number
        let (rowsAVector, vectorsARow, fewestColumns) = isWide ? (96, 48, 512) : (64, 20, 64)
        return job.columns >= fewestColumns
            && job.rows * job.count >= rowsAVector * job.count + vectorsARow * job.rows
    }

    /// The memory that turned vectors take.
    /// - Units: floats, a whole number of cache lines.
    static func turnedFloats(count: Int, columns: Int) -> Int { ((count + 1) * columns + 15) / 16 * 16 }

    /// Tiles that vectors are turned in.
    static func turnedTiles(count: Int) -> Int { (count + Int(lk_turned_vectors) - 1) / Int(lk_turned_vectors) }

    /// The part of a job that lies in some rows of its matrix, from turned vectors.
    func multiply(_ job: MatmulJob, turned vectors: UnsafePointer<Float>, rows: Range<Int>) {
        let columns = job.columns
        // Down a column only long runs are fast to read; otherwise what is decoded stays near until it is turned.
        let together = if job.isStrided { Self.turnedRows } else { Self.rowsInLanes }
        scratch.withFloats((Self.turnedRows + together) * columns) { panel in
            let decoded = panel + Self.turnedRows * columns
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.turnedRows) {
                let count = min(rows.upperBound - start, Self.turnedRows)
                for first in stride(from: 0, to: count, by: together) {
                    let end = min(count, first + together)
                    job.withMatrix { decode($0, rows: start + first..<start + end, into: decoded) }
                    for row in stride(from: first, to: end, by: Self.rowsInLanes) {
                        operations.turn_rows(decoded + (row - first) * columns, row, count, columns, panel)
                    }
                }
                operations.multiply_turned(
                    panel, count, columns, vectors, job.count, job.bias.map { $0 + start }, job.y + start, job.rows)
            }
        }
    }

    /// Rows that are turned at a time, one a lane.
    private static let rowsInLanes = 16
}
