import Formats
import Kernels
import Storage
import Tensors

/// One expert's part of a stacked tensor of plain numbers, as gpt-oss has them: with P parts (gate and up: 2),
///
///     transposed   [C, P·R]   element (c, P·r + p) is element (r, c) of part p
///     interleaved  [P·R]      element P·r + p is element r of part p
enum ExpertSlab {
    /// The transpose of matrices of one shape and format; copied where they lie so already.
    static func transposed(_ matrices: [Matrix]) -> TensorPlan.Part {
        let (first, count) = (matrices[0], matrices.count)
        let size = first.format.blockBytes
        let bytes = count * first.rows * first.columns * size
        let liesSo = matrices.enumerated().allSatisfy { index, matrix in
            guard case .strided(let stride) = matrix.layout else { return false }
            return matrix.source === first.source && matrix.offset == first.offset + index * size
                && matrix.rowStride == count * size && stride == count * first.rows * size
        }
        if liesSo { return .copy(SourceRange(first.source, first.offset..<first.offset + bytes)) }
        return .produce { sink in
            let gathered = try matrices.map { matrix in
                var bytes: [UInt8] = []
                bytes.reserveCapacity(matrix.rows * matrix.columns * size)
                try matrix.forEachPiece { bytes.append(contentsOf: $0) }
                return bytes
            }
            if size == 2 {
                try transpose(gathered, rows: first.rows, columns: first.columns, of: UInt16.self, sink)
            } else {
                try transpose(gathered, rows: first.rows, columns: first.columns, of: UInt32.self, sink)
            }
        }
    }

    /// Vectors of one length whose elements alternate.
    static func interleaved(_ vectors: [Matrix], as format: BlockFormat) -> TensorPlan.Part {
        .produce { sink in
            let rows = vectors.map { vector in
                var values: [Float] = []
                vector.forEachRow {
                    values.append(contentsOf: $0); return true
                }
                return values
            }
            let mixed = rows[0].indices.flatMap { element in rows.map { $0[element] } }
            try Matrix.encoded(mixed, as: format).withUnsafeBytes { try sink($0) }
        }
    }

    private static func transpose<Element: FixedWidthInteger>(
        _ parts: [[UInt8]], rows: Int, columns: Int, of type: Element.Type, _ sink: TensorPlan.Sink
    ) throws {
        let (size, width) = (MemoryLayout<Element>.size, parts.count * rows)
        let step = max(1, min(columns, (1 << 20) / (width * size)))
        var piece = [Element](repeating: 0, count: step * width)
        for start in stride(from: 0, to: columns, by: step) {
            let count = min(step, columns - start)
            for (index, part) in parts.enumerated() {
                part.withUnsafeBytes { bytes in
                    for row in 0..<rows {
                        let from = (row * columns + start) * size
                        for column in 0..<count {
                            piece[column * width + row * parts.count + index] = bytes.loadUnaligned(
                                fromByteOffset: from + column * size, as: Element.self)
                        }
                    }
                }
            }
            try piece.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<(count * width * size)])) }
        }
    }
}

/// One expert's part of a pair of stacked tensors, MXFP4 codes and scales, as gpt-oss has them: row P·r + p is row r of part p.
enum ExpertBlocks {
    static func codes(_ matrices: [Matrix]) -> TensorPlan.Part {
        let (first, width) = (matrices[0], matrices[0].columns / MXFP4.blockLength * MXFP4.codeBytes)
        let liesSo = matrices.enumerated().allSatisfy { index, matrix in
            guard case .scalesApart = matrix.layout else { return false }
            return matrix.source === first.source && matrix.offset == first.offset + index * width
                && matrix.rowStride == matrices.count * width
        }
        if liesSo {
            return .copy(SourceRange(first.source, first.offset..<first.offset + matrices.count * first.rows * width))
        }
        return .produce { sink in try forEachRun(matrices, codes: true, sink) }
    }

    static func scales(_ matrices: [Matrix]) -> TensorPlan.Part {
        let (first, width) = (matrices[0], matrices[0].columns / MXFP4.blockLength)
        if case .scalesApart(let source, let start, _) = first.layout {
            let liesSo = matrices.enumerated().allSatisfy { index, matrix in
                guard case .scalesApart(let scales, let offset, let stride) = matrix.layout else { return false }
                return scales === source && offset == start + index * width && stride == matrices.count * width
            }
            if liesSo { return .copy(SourceRange(source, start..<start + matrices.count * first.rows * width)) }
        }
        return .produce { sink in try forEachRun(matrices, codes: false, sink) }
    }

    /// Gives codes or scales of some rows at a time, whatever layout the blocks have.
    private static func forEachRun(_ matrices: [Matrix], codes: Bool, _ sink: TensorPlan.Sink) throws {
        let first = matrices[0]
        let blocks = first.columns / MXFP4.blockLength
        let width = codes ? blocks * MXFP4.codeBytes : blocks
        let step = max(1, (1 << 18) / max(1, first.columns))
        for start in stride(from: 0, to: first.rows, by: step) {
            let range = start..<min(first.rows, start + step)
            var piece = [UInt8](repeating: 0, count: range.count * matrices.count * width)
            for (index, matrix) in matrices.enumerated() {
                var held: [UInt8] = []
                try matrix.rows(range).forEachPiece { held.append(contentsOf: $0) }
                place(held, codes: codes, blocks: blocks, index, of: matrices.count, into: &piece)
            }
            try piece.withUnsafeBytes { try sink($0) }
        }
    }

    private static func place(
        _ held: [UInt8], codes: Bool, blocks: Int, _ index: Int, of count: Int, into piece: inout [UInt8]
    ) {
        let size = MXFP4.codeBytes + 1
        var scratch = [UInt8](repeating: 0, count: MXFP4.codeBytes)
        held.withUnsafeBytes { held in
            for number in 0..<held.count / size {
                let (row, block) = (number / blocks, number % blocks)
                let from = UnsafeRawBufferPointer(rebasing: held[number * size..<(number + 1) * size])
                let to = (row * count + index) * blocks + block
                if codes {
                    _ = scratch.withUnsafeMutableBytes { MXFP4.repackToHuggingFace(block: from, into: $0) }
                    piece.replaceSubrange(to * MXFP4.codeBytes..<(to + 1) * MXFP4.codeBytes, with: scratch)
                } else {
                    piece[to] = from[0]
                }
            }
        }
    }
}
