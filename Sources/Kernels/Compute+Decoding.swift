import CKernels
import Formats
import Tensors

/// Reaching encoded rows in their source, and decoding them to float32.
extension Compute {
    /// Decodes rows, one after another.
    func decode(_ matrix: Matrix, rows: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        guard !rows.isEmpty, matrix.columns > 0 else { return }
        switch matrix.layout {
        case .rows, .scalesApart:
            let apart = matrix.layout.keepsScalesApart
            if let kernels = matrix.rowLayout.flatMap({ RowKernels($0, variant) }) {
                decode(matrix, rows: rows, by: kernels.decode, into: values)
            } else {
                precondition(!apart, "\(matrix.format.name) never keeps its scales apart")
                decodeByFormat(matrix, rows: rows, into: values)
            }
        case .strided(let columnStride):
            guard let kernel = matrix.rowLayout.flatMap({ RowKernels($0, variant) })?.decodeGrid else {
                preconditionFailure("elements of \(matrix.format.name) never stand alone")
            }
            withGrid(matrix, rows: rows, columnStride: columnStride) { grid in
                var grid = grid
                kernel(&grid, rows.count, matrix.columns, values)
            }
        case .packed(let weights): weights.decode(rows, into: values, variant: variant)
        }
    }

    private func decode(
        _ matrix: Matrix, rows: Range<Int>, by kernel: lk_decode, into values: UnsafeMutablePointer<Float>
    ) {
        withRows(matrix, rows: rows) { encoded in
            // Of several rows, what is decoded next is the same number of rows on; until then it can come nearer.
            let blocks = rows.count > 1 ? matrix.columns / matrix.format.blockLength : 0
            for row in 0..<rows.count {
                lk_expect(
                    encoded.weights + (row + rows.count) * encoded.stride, blocks * matrix.format.blockBytes)
                kernel(
                    encoded.weights + row * encoded.stride, encoded.scales + row * encoded.scales_stride,
                    matrix.columns, values + row * matrix.columns)
            }
        }
    }

    private func decodeByFormat(_ matrix: Matrix, rows: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        let rowBytes = matrix.columns / matrix.format.blockLength * matrix.format.blockBytes
        for row in rows {
            let start = matrix.offset + row * matrix.rowStride
            let decoded = UnsafeMutableBufferPointer(
                start: values + (row - rows.lowerBound) * matrix.columns, count: matrix.columns)
            matrix.source.withBytes(start..<start + rowBytes) { matrix.format.decode($0, decoded) }
        }
    }

    /// Lends rows of whole blocks, with the scales where they lie apart.
    func withRows(_ matrix: Matrix, rows: Range<Int>, _ body: (lk_rows) -> Void) {
        let blocks = matrix.columns / matrix.format.blockLength
        let rowBytes =
            if case .scalesApart = matrix.layout { blocks * (matrix.format.blockBytes - 1) } else {
                blocks * matrix.format.blockBytes
            }
        let range = Self.byteRange(matrix.offset, matrix.rowStride, rows, rowBytes)
        matrix.source.withBytes(range) { bytes in
            guard let weights = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
            guard case .scalesApart(let source, let offset, let stride) = matrix.layout else {
                return body(lk_rows(weights: weights, stride: matrix.rowStride, scales: weights, scales_stride: 0))
            }
            source.withBytes(Self.byteRange(offset, stride, rows, blocks)) { bytes in
                guard let scales = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
                body(lk_rows(weights: weights, stride: matrix.rowStride, scales: scales, scales_stride: stride))
            }
        }
    }

    /// Lends the elements of some rows of a matrix whose elements stand alone.
    func withGrid(_ matrix: Matrix, rows: Range<Int>, columnStride: Int, _ body: (lk_grid) -> Void) {
        let rowSpan = (matrix.columns - 1) * columnStride + matrix.format.blockBytes
        let range = Self.byteRange(matrix.offset, matrix.rowStride, rows, rowSpan)
        matrix.source.withBytes(range) { bytes in
            guard let weights = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
            body(lk_grid(weights: weights, row_stride: matrix.rowStride, column_stride: columnStride))
        }
    }

    /// From the first byte of the first row to the last byte of the last.
    private static func byteRange(_ offset: Int, _ stride: Int, _ rows: Range<Int>, _ rowBytes: Int) -> Range<Int> {
        offset + rows.lowerBound * stride..<offset + (rows.upperBound - 1) * stride + rowBytes
    }
}
