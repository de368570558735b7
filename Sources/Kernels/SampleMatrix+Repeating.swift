import Tensors

extension SampleMatrix {
    /// A taller matrix of the same rows over and over, in memory of its own: big weights without the time to encode them.
    public func repeated(rows: Int) -> Matrix {
        func copies(_ source: any ByteSource, _ start: Int, _ count: Int, _ wanted: Int) -> [UInt8] {
            source.withBytes(start..<start + count) { bytes in
                var grown: [UInt8] = []
                grown.reserveCapacity(wanted)
                while grown.count < wanted { grown.append(contentsOf: bytes.prefix(wanted - grown.count)) }
                return grown
            }
        }
        let (stride, count) = (matrix.rowStride, matrix.rowStride * matrix.rows)
        var layout = matrix.layout
        var bytes: [UInt8] = []
        switch matrix.layout {
        case .rows:
            bytes = copies(matrix.source, 0, count, rows * stride)
        case .scalesApart(let scales, _, let scalesStride):
            bytes = copies(matrix.source, 0, count, rows * stride)
            let grown = copies(scales, 0, scalesStride * matrix.rows, rows * scalesStride)
            layout = .scalesApart(scales: MemorySource(grown), scalesOffset: 0, scalesStride: scalesStride)
        case .strided(let columnStride):
            for column in 0..<matrix.columns {
                bytes += copies(matrix.source, column * columnStride, count, rows * stride)
            }
            layout = .strided(columnStride: rows * stride)
        case .packed(let weights):
            guard let matrix = Self.repeated(weights, rows: rows) else {
                preconditionFailure("more rows of a scheme suit it as fewer did")
            }
            return matrix
        }
        return Matrix(
            rows: rows, columns: matrix.columns, format: matrix.format, source: MemorySource(bytes), offset: 0,
            rowStride: stride, layout: layout)
    }
}
