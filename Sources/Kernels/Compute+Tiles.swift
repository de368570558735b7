import CKernels
import Formats

/// Matrix products of a run of rows on one thread: either fused (weights are decoded in registers) or tiled (a few rows are
/// decoded to scratch and then multiplied as float32, woven where that pays). All take every dot product in the same order.
extension Compute {
    /// Vectors up to which decoding a block again for every few of them is cheaper than decoding it to memory.
    static let mostFusedVectors = 8
    /// Vectors up to which rows of a matrix are decoded again for every few of them: float32 costs nothing to decode, and
    /// elements that stand alone cost less than memory does unless it is near.
    private static func mostFusedVectors(_ matrix: Matrix, _ kernels: RowKernels) -> Int {
        if matrix.format.id == BlockFormat.f32.id { return .max }
        let isCheap = kernels.decodeGrid != nil && nearRows * matrix.columns > nearFloats
        return isCheap ? 4 * mostFusedVectors : mostFusedVectors
    }

    /// Vectors up to which a grid is walked once a vector rather than decoded.
    static let mostGridVectors = 4
    /// Rows of a grid taken at a time: long runs down a column read fastest, while their sixteen lanes stay in a
    /// second-level cache. A multiple of 16.
    static let gridRows = 4096
    /// Floats of decoded rows a thread works on, about half of a second-level cache.
    static let tileFloats = 1 << 17
    /// Floats of decoded rows that stay in a first-level cache while vectors pass, and the rows that are worth it.
    static let nearFloats = 1 << 13
    static let nearRows = 16

    /// The part of a job that lies in some rows of its matrix.
    func multiply(_ job: MatmulJob, rows: Range<Int>) {
        guard !rows.isEmpty, job.count > 0 else { return }
        job.withMatrix { multiply(job, by: $0, rows: rows) }
    }

    private func multiply(_ job: MatmulJob, by matrix: Matrix, rows: Range<Int>) {
        if weaves(job) { return multiplyWoven(job, by: matrix, rows: rows) }
        let kernels = matrix.rowLayout.flatMap { RowKernels($0, variant) }
        switch matrix.layout {
        case .rows, .scalesApart:
            if let kernels, job.count <= Self.mostFusedVectors(matrix, kernels) {
                multiplyFused(job, by: matrix, rows: rows, kernels)
            } else {
                multiplyTiled(job, by: matrix, rows: rows)
            }
        case .strided(let columnStride):
            if let kernel = kernels?.multiplyGrid, job.count <= Self.mostGridVectors {
                multiplyGrid(job, by: matrix, rows: rows, columnStride: columnStride, kernel)
            } else {
                multiplyTiled(job, by: matrix, rows: rows)
            }
        case .packed: multiplyTiled(job, by: matrix, rows: rows)
        }
    }

    private func multiplyFused(_ job: MatmulJob, by matrix: Matrix, rows: Range<Int>, _ kernels: RowKernels) {
        // As many rows at a time as stay in cache while all vectors pass.
        let step = job.count <= Self.mostFusedVectors ? rows.count : Self.tileRows(columns: job.columns)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let part = start..<min(rows.upperBound, start + step)
            withRows(matrix, rows: part) { encoded in
                multiply(job, rows: part, encoded: encoded, by: kernels.multiply)
            }
        }
    }

    private func multiplyTiled(_ job: MatmulJob, by matrix: Matrix, rows: Range<Int>) {
        guard let kernels = RowLayout.float32.flatMap({ RowKernels($0, variant) }) else { return }
        let step = min(rows.count, Self.tileRows(columns: job.columns))
        scratch.withFloats(step * job.columns) { floats in
            let bytes = UnsafeRawPointer(floats).assumingMemoryBound(to: UInt8.self)
            let decoded = lk_rows(weights: bytes, stride: job.columns * 4, scales: bytes, scales_stride: 0)
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
                let part = start..<min(rows.upperBound, start + step)
                decode(matrix, rows: part, into: floats)
                multiply(job, rows: part, encoded: decoded, by: kernels.multiply)
            }
        }
    }

    private func multiply(_ job: MatmulJob, rows: Range<Int>, encoded: lk_rows, by kernel: lk_multiply) {
        var encoded = encoded
        var vectors = lk_vectors(values: job.x, stride: job.columns, count: job.count)
        kernel(
            &encoded, rows.count, job.columns, &vectors, job.bias.map { $0 + rows.lowerBound },
            job.y + rows.lowerBound, job.rows)
    }

    private func multiplyGrid(
        _ job: MatmulJob, by matrix: Matrix, rows: Range<Int>, columnStride: Int, _ kernel: lk_multiply_grid
    ) {
        scratch.withFloats(16 * min(Self.gridRows, (rows.count + 15) / 16 * 16)) { sums in
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.gridRows) {
                let part = start..<min(rows.upperBound, start + Self.gridRows)
                withGrid(matrix, rows: part, columnStride: columnStride) { grid in
                    var grid = grid
                    for vector in 0..<job.count {
                        kernel(
                            &grid, part.count, job.columns, job.x + vector * job.columns,
                            job.bias.map { $0 + start }, job.y + vector * job.rows + start, sums)
                    }
                }
            }
        }
    }

    /// Rows of that many columns to decode at a time: a multiple of a register tile's.
    static func tileRows(columns: Int) -> Int {
        nearRows * columns <= nearFloats ? nearRows : max(4, min(64, tileFloats / columns / 4 * 4))
    }
}

extension Matrix.Layout {
    /// Whether a row's scales lie elsewhere than its codes.
    var keepsScalesApart: Bool { if case .scalesApart = self { true } else { false } }
}
