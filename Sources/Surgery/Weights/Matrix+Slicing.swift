import Formats
import Inference
import Kernels
import Tensors

extension Matrix {
    /// Some rows, copied into memory in their own format; packed weights, which share scales, as float32.
    func keeping(rows kept: [Int]) -> Matrix {
        Matrix(rows: kept.count, columns: columns, format: format, blocks: kept.flatMap(blocks(ofRow:)))
    }

    /// Some elements of each row, copied into memory in their own format.
    /// - Throws: `SurgeryError` if elements share blocks.
    func keeping(columns kept: [Int], _ role: Role) throws(SurgeryError) -> Matrix {
        guard format.blockLength == 1 else {
            throw SurgeryError(
                code: "prune.blocks", subject: role.name,
                message:
                    "its elements share blocks of \(format.blockLength) in \(format.name), so none can be taken out",
                remedy: "quantize it as f32 first")
        }
        let size = format.blockBytes
        let bytes = (0..<rows).flatMap { row in
            let whole = blocks(ofRow: row)
            return kept.flatMap { whole[$0 * size..<($0 + 1) * size] }
        }
        return Matrix(rows: rows, columns: kept.count, format: format, blocks: bytes)
    }

    /// A matrix of the same shape and format that holds zeros: in every format a block of zero bytes decodes to zeros.
    func zeros() -> Matrix {
        if let packed, packed.firstRow == 0, packed.rows == rows { return packed.zeros().matrix }
        return Matrix(
            rows: rows, columns: columns, format: format, blocks: [UInt8](repeating: 0, count: rows * blockRowBytes))
    }

    /// A copy with some columns zero; nil if a block holds both zeroed and other elements and would have to be rounded
    /// again.
    func zeroing(columns zeroed: [Int]) -> Matrix? {
        let (length, size) = (format.blockLength, format.blockBytes)
        var counts = [Int](repeating: 0, count: columns / length)
        for column in Set(zeroed) { counts[column / length] += 1 }
        guard counts.allSatisfy({ $0 == 0 || $0 == length }) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows * blockRowBytes)
        for row in 0..<rows {
            var held = blocks(ofRow: row)
            for block in counts.indices where counts[block] > 0 {
                for byte in block * size..<(block + 1) * size { held[byte] = 0 }
            }
            bytes += held
        }
        return Matrix(rows: rows, columns: columns, format: format, blocks: bytes)
    }

    /// Rows of blocks side by side, held in memory.
    private convenience init(rows: Int, columns: Int, format: BlockFormat, blocks: [UInt8]) {
        self.init(
            rows: rows, columns: columns, format: format, source: MemorySource(blocks), offset: 0,
            rowStride: columns / format.blockLength * format.blockBytes)
    }

    private var blockRowBytes: Int { columns / format.blockLength * format.blockBytes }

    /// The encoded blocks of one row in ggml's order, whatever the layout.
    private func blocks(ofRow row: Int) -> [UInt8] {
        let start = offset + row * rowStride
        let size = format.blockBytes
        switch layout {
        case .rows:
            return source.withBytes(start..<start + blockRowBytes) { Array($0) }
        case .strided(let columnStride):
            return (0..<columns).flatMap { column in
                let place = start + column * columnStride
                return source.withBytes(place..<place + size) { Array($0) }
            }
        case .scalesApart(let scales, let scalesOffset, let scalesStride):
            let count = columns / format.blockLength
            let first = scalesOffset + row * scalesStride
            let exponents = scales.withBytes(first..<first + count) { Array($0) }
            var blocks = [UInt8](repeating: 0, count: blockRowBytes)
            source.withBytes(start..<start + count * MXFP4.codeBytes) { codes in
                blocks.withUnsafeMutableBytes { target in
                    for block in 0..<count {
                        MXFP4.repackToGGML(
                            codes: UnsafeRawBufferPointer(
                                rebasing: codes[block * MXFP4.codeBytes..<(block + 1) * MXFP4.codeBytes]),
                            scale: exponents[block],
                            into: UnsafeMutableRawBufferPointer(rebasing: target[block * size..<(block + 1) * size]))
                    }
                }
            }
            return blocks
        case .packed:
            var values = [Float](repeating: 0, count: columns)
            Compute(threads: 1).decodeRow(self, row: row, into: &values)
            return values.withUnsafeBytes { Array($0) }
        }
    }
}
