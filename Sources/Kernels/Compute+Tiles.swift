import CKernels
import Formats

/// Matrix products of a run of rows on one thread: either fused (weights are decoded in registers) or tiled (a few rows are
/// decoded to scratch and then multiplied as float32). Both take every dot product in the same order.
extension Compute {
    /// Vectors up to which decoding a weight again for every few of them is cheaper than decoding it to memory.
    static let mostFusedVectors = 6
    /// Vectors up to which a grid is walked once a vector rather than decoded.
    static let mostGridVectors = 2
    /// Floats of decoded rows a thread works on, about half of a second-level cache.
    static let tileFloats = 1 << 17

    /// The part of a job that lies in some rows of its matrix.
    func multiply(_ job: MatmulJob, rows: Range<Int>) {
        guard !rows.isEmpty, job.count > 0 else { return }
        let matrix = job.matrix
        switch matrix.layout {
        case .rows:
            let kernels = RowKernels(format: matrix.format, apart: false, variant: variant)
            if let kernels, job.count <= Self.mostFusedVectors || matrix.format == .f32 {
                multiplyFused(job, rows: rows, by: kernels)
            } else {
                multiplyTiled(job, rows: rows)
            }
        case .scalesApart:
            let kernels = RowKernels(format: matrix.format, apart: true, variant: variant)
            if let kernels, job.count <= Self.mostFusedVectors {
                multiplyFused(job, rows: rows, by: kernels)
            } else {
                multiplyTiled(job, rows: rows)
            }
        case .strided(let columnStride):
            let kernels = RowKernels(format: matrix.format, apart: false, variant: variant)
            if let kernel = kernels?.multiplyGrid, job.count <= Self.mostGridVectors {
                multiplyGrid(job, rows: rows, columnStride: columnStride, by: kernel)
            } else {
                multiplyTiled(job, rows: rows)
            }
        }
    }

    private func multiplyFused(_ job: MatmulJob, rows: Range<Int>, by kernels: RowKernels) {
        // In place, float32 rows are taken as many at a time as stay in cache while all vectors pass.
        let step = job.count <= Self.mostFusedVectors ? rows.count : Self.tileRows(columns: job.matrix.columns)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = start..<min(rows.upperBound, start + step)
            withRows(job.matrix, rows: part) { encoded in
                multiply(job, rows: part, encoded: encoded, by: kernels.multiply)
            }
        }
    }

    private func multiplyTiled(_ job: MatmulJob, rows: Range<Int>) {
        let matrix = job.matrix
        guard let kernels = RowKernels(format: .f32, apart: false, variant: variant) else { return }
        let step = min(rows.count, Self.tileRows(columns: matrix.columns))
        scratch.withFloats(step * matrix.columns) { floats in
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
                let part = start..<min(rows.upperBound, start + step)
                decode(matrix, rows: part, into: floats)
                let bytes = UnsafeRawPointer(floats).assumingMemoryBound(to: UInt8.self)
                let decoded = lk_rows(
                    weights: bytes, stride: matrix.columns * 4, scales: bytes, scales_stride: 0)
                multiply(job, rows: part, encoded: decoded, by: kernels.multiply)
            }
        }
    }

    private func multiply(_ job: MatmulJob, rows: Range<Int>, encoded: lk_rows, by kernel: lk_multiply) {
        var encoded = encoded
        var vectors = lk_vectors(values: job.x, stride: job.matrix.columns, count: job.count)
        kernel(
            &encoded, rows.count, job.matrix.columns, &vectors, job.bias.map { $0 + rows.lowerBound },
            job.y + rows.lowerBound, job.matrix.rows)
    }

    private func multiplyGrid(_ job: MatmulJob, rows: Range<Int>, columnStride: Int, by kernel: lk_multiply_grid) {
        let matrix = job.matrix
        let padded = (rows.count + 15) / 16 * 16
        scratch.withFloats(16 * padded) { sums in
            withGrid(matrix, rows: rows, columnStride: columnStride) { grid in
                var grid = grid
                for vector in 0..<job.count {
                    kernel(
                        &grid, rows.count, matrix.columns, job.x + vector * matrix.columns,
                        job.bias.map { $0 + rows.lowerBound }, job.y + vector * matrix.rows + rows.lowerBound, sums)
                }
            }
        }
    }

    /// Rows of that many columns to decode at a time: a multiple of a register tile's.
    static func tileRows(columns: Int) -> Int {
        max(4, min(64, tileFloats / max(1, columns) / 4 * 4))
    }
}
