import Formats
import Kernels
import Storage
import Tensors

extension Matrix {
    /// Where the matrix's bytes come from when it is written in a format: its own, or float32. What lies in whole rows one
    /// behind the other is copied from where it lies; the rest is gathered or decoded when its turn comes.
    /// - Parameter rearrangement: the order of its rows; nil for that in which they lie.
    func part(as written: BlockFormat, _ rearrangement: RowRearrangement? = nil) -> TensorPlan.Part {
        guard written == format else { return .produce { try self.forEachFloatPiece(in: rearrangement, $0) } }
        if let rearrangement { return .produce { try self.forEachPiece(in: rearrangement, $0) } }
        guard case .rows = layout, let rowBytes = format.rowBytes(columns), rows == 1 || rowStride == rowBytes else {
            return .produce { try self.forEachPiece($0) }
        }
        if let deferred = source as? any DeferredSource, !deferred.isReady {
            return .produce { try self.forEachPiece($0) }
        }
        return .copy(SourceRange(source, offset..<offset + rows * rowBytes))
    }

    /// Rows a piece of a tensor holds on its way to a file.
    private var rowsPerPiece: Int {
        let bytes = max(1, (columns / format.blockLength) * format.blockBytes)
        return max(1, min(rows, (1 << 20) / bytes))
    }

    /// Lends the rows in GGUF's layout (whole rows of blocks, one behind the other), a piece at a time.
    /// - Parameter rearrangement: the order of the rows, or of a vector's elements; nil for that in which they lie.
    func forEachPiece(
        in rearrangement: RowRearrangement? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if let rearrangement { return try forEachRearrangedPiece(rearrangement, body) }
        guard let rowBytes = format.rowBytes(columns) else { preconditionFailure("rows are not whole blocks") }
        if case .rows = layout, rowStride == rowBytes {
            if let deferred = source as? any DeferredSource, !deferred.isReady {
                return try makePieces(deferred, rowBytes: rowBytes, body)
            }
            return try source.withBytes(offset..<offset + rows * rowBytes, body)
        }
        var piece = [UInt8](repeating: 0, count: rowsPerPiece * rowBytes)
        for first in stride(from: 0, to: rows, by: rowsPerPiece) {
            let range = first..<min(rows, first + rowsPerPiece)
            try piece.withUnsafeMutableBytes { buffer in
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(range.count * rowBytes)])
                gather(range, into: target, rowBytes: rowBytes)
                try body(UnsafeRawBufferPointer(target))
            }
        }
    }

    /// Lends rows in another order: those of a matrix one by one, the elements of a vector together.
    private func forEachRearrangedPiece(
        _ order: RowRearrangement, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard rows == 1 else {
            // Encoding row by row would keep all threads but one waiting.
            source.prepare()
            for place in 0..<rows {
                let row = order.source(of: place)
                try self.rows(row..<row + 1).forEachPiece(body)
            }
            return
        }
        let size = format.blockBytes
        var bytes: [UInt8] = []
        try forEachPiece { bytes += $0 }
        let arranged = (0..<columns).flatMap { place in
            let start = order.source(of: place) * size
            return bytes[start..<start + size]
        }
        try arranged.withUnsafeBytes { try body($0) }
    }

    /// Lends rows that nobody has read yet, made for this reader alone.
    private func makePieces(
        _ deferred: any DeferredSource, rowBytes: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let step = max(1, min(rows, (4 << 20) / max(1, rowBytes)))
        var piece = [UInt8](repeating: 0, count: step * rowBytes)
        for first in stride(from: 0, to: rows, by: step) {
            let start = offset + first * rowBytes
            let end = offset + min(rows, first + step) * rowBytes
            try piece.withUnsafeMutableBytes { buffer in
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - start)])
                deferred.make(start..<end, into: target)
                try body(UnsafeRawBufferPointer(target))
            }
        }
    }

    /// Lends the elements as float32, a piece at a time.
    func forEachFloatPiece(
        in rearrangement: RowRearrangement? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var floats: [Float] = []
        try forEachPiece(in: rearrangement) { bytes in
            let pieceBytes = (1 << 18) / format.blockLength * format.blockBytes
            for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
                let encoded = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + pieceBytes)])
                let count = encoded.count / format.blockBytes * format.blockLength
                if floats.count < count { floats = [Float](repeating: 0, count: count) }
                try floats.withUnsafeMutableBufferPointer { buffer in
                    let values = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                    format.decode(encoded, values)
                    try body(UnsafeRawBufferPointer(UnsafeBufferPointer(values)))
                }
            }
        }
    }

    private func gather(_ range: Range<Int>, into target: UnsafeMutableRawBufferPointer, rowBytes: Int) {
        switch layout {
        case .rows:
            for (index, row) in range.enumerated() {
                let start = offset + row * rowStride
                source.withBytes(start..<start + rowBytes) { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: target[(index * rowBytes)...]).copyMemory(from: bytes)
                }
            }
        case .strided(let columnStride): gatherStrided(range, columnStride, into: target)
        case .packed:
            guard let floats = target.assumingMemoryBound(to: Float.self).baseAddress else { return }
            Compute(threads: 1).decodeRows(self, range, into: floats)
        case .scalesApart(let scales, let scalesOffset, let scalesStride):
            for (index, row) in range.enumerated() {
                let codes = offset + row * rowStride
                let exponents = scalesOffset + row * scalesStride
                let blocks = columns / 32
                source.withBytes(codes..<codes + blocks * 16) { codes in
                    scales.withBytes(exponents..<exponents + blocks) { exponents in
                        for block in 0..<blocks {
                            let to = index * rowBytes + block * 17
                            MXFP4.repackToGGML(
                                codes: UnsafeRawBufferPointer(rebasing: codes[(block * 16)..<(block * 16 + 16)]),
                                scale: exponents[block],
                                into: UnsafeMutableRawBufferPointer(rebasing: target[to..<to + 17]))
                        }
                    }
                }
            }
        }
    }

    /// Walks columns outside and rows inside: neighbours in a transposed matrix's file are neighbours in a column.
    private func gatherStrided(_ range: Range<Int>, _ columnStride: Int, into target: UnsafeMutableRawBufferPointer) {
        let size = format.blockBytes
        let start = offset + range.lowerBound * rowStride
        let length = (range.count - 1) * rowStride + (columns - 1) * columnStride + size
        source.withBytes(start..<start + length) { bytes in
            for column in 0..<columns {
                for row in 0..<range.count {
                    let from = column * columnStride + row * rowStride
                    let to = (row * columns + column) * size
                    for byte in 0..<size { target[to + byte] = bytes[from + byte] }
                }
            }
        }
    }
}
