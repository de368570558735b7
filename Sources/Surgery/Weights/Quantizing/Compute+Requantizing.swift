import Formats
import Kernels
import Tensors

extension Compute {
    /// Elements that a thread decodes before it encodes them: few enough for the processor's cache.
    private static let requantizedAtOnce = 1 << 14

    /// Encodes a matrix from its decoded values.
    /// - Parameter bytes: `roomBytes` of the format.
    func encode(
        _ matrix: Matrix, as format: WeightFormat, importance: [Float]?, into bytes: UnsafeMutableRawBufferPointer
    ) {
        guard matrix.rows > 0, matrix.columns > 0 else { return }
        matrix.source.prepare()
        let together = format.rowsTogether(rows: matrix.rows, columns: matrix.columns)
        let chunk = max(1, Self.requantizedAtOnce / (matrix.columns * together))
        pool.forEachRange((matrix.rows + together - 1) / together, chunk: chunk) { groups in
            let rows = groups.lowerBound * together..<min(matrix.rows, groups.upperBound * together)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * matrix.columns) { values in
                guard let base = values.baseAddress else { return }
                decodeRows(matrix, rows, into: base)
                encode(UnsafeBufferPointer(values), rows, of: matrix, as: format, importance, into: bytes)
            }
        }
    }

    /// Encodes some rows of a matrix to their place among its encoded bytes.
    /// - Shape: values [rows.count, matrix.columns]; importance [matrix.columns].
    func encode(
        _ values: UnsafeBufferPointer<Float>, _ rows: Range<Int>, of matrix: Matrix, as format: WeightFormat,
        _ importance: [Float]?, into bytes: UnsafeMutableRawBufferPointer
    ) {
        switch format {
        case .packed(let scheme):
            PackedRoom(scheme, rows: matrix.rows, columns: matrix.columns)?
                .encode(values, rows: rows, importance: importance, into: bytes)
        case .block(let block):
            let rowBytes = bytes.count / matrix.rows
            let part = UnsafeMutableRawBufferPointer(
                rebasing: bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
            encode(values, columns: matrix.columns, as: block, weighedBy: importance, into: part)
        }
    }

    /// Encodes rows, some columns of which may matter more than others.
    /// - Shape: values [rows, columns]; importance [columns].
    func encode(
        _ values: UnsafeBufferPointer<Float>, columns: Int, as format: BlockFormat, weighedBy importance: [Float]?,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        if let importance {
            importance.withUnsafeBufferPointer {
                encode(values, columns: columns, as: format, importance: $0, into: bytes)
            }
        } else {
            encode(values, columns: columns, as: format, importance: nil, into: bytes)
        }
    }
}
