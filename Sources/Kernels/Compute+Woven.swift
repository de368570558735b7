import CKernels

/// Products of some vectors with short rows, whose sums AVX-512 takes long to fold: two rows share sixteen lanes, eight each, so
/// that a level of the tree needs no folding. Every dot product takes its terms in the canonical order all the same.
extension Compute {
    /// Rows that are woven together.
    static let wovenRows = Int(lk_woven_rows)

    /// Vectors from which on weaving pays.
    private static let fewestWoven = 24

    /// Whether weaving costs less than it saves. Measured with `lancet kernels --bench` and on the teaching models.
    func weaves(_ job: MatmulJob) -> Bool {
        let isWide = variant.index == KernelVariant.avx512.number
        return isWide && job.columns % 16 == 0 && job.columns <= 512 && job.count >= Self.fewestWoven
    }

    /// The part of a job that lies in some rows of its matrix.
    func multiplyWoven(_ job: MatmulJob, by matrix: Matrix, rows: Range<Int>) {
        let columns = job.columns
        let together = Self.tileRows(columns: columns)
        scratch.withFloats(together * columns) { woven in
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: together) {
                let count = min(rows.upperBound - start, together)
                weave(matrix, rows: start..<start + count, into: woven)
                operations.multiply_woven(
                    woven, count, columns, job.x, job.count, job.bias.map { $0 + start }, job.y + start, job.rows)
            }
        }
    }

    /// Decodes rows to their woven form, eight behind eight.
    private func weave(_ matrix: Matrix, rows: Range<Int>, into woven: UnsafeMutablePointer<Float>) {
        let columns = matrix.columns
        switch matrix.layout {
        case .rows, .scalesApart:
            guard let kernel = matrix.rowLayout.flatMap({ RowKernels($0, variant) })?.weave else { break }
            return withRows(matrix, rows: rows) { encoded in
                for first in stride(from: 0, to: rows.count, by: Self.wovenRows) {
                    var part = lk_rows(
                        weights: encoded.weights + first * encoded.stride, stride: encoded.stride,
                        scales: encoded.scales + first * encoded.scales_stride, scales_stride: encoded.scales_stride)
                    kernel(&part, min(Self.wovenRows, rows.count - first), columns, woven + first * columns)
                }
            }
        case .strided, .packed: break
        }
        scratch.withFloats(rows.count * columns) { decoded in
            decode(matrix, rows: rows, into: decoded)
            for first in stride(from: 0, to: rows.count, by: Self.wovenRows) {
                operations.weave_rows(decoded + first * columns, rows.count - first, columns, woven + first * columns)
            }
        }
    }
}
