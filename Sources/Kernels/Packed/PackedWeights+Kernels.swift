import CKernels

/// Decoding by kernels: the codes of a row are brought side by side where they do not lie so, then go group by group.
extension PackedWeights {
    /// Codes of one row side by side.
    enum Codes {
        case e4m3(UnsafePointer<UInt8>)
        case bytes(UnsafePointer<UInt8>)
        /// Unsigned codes of eight or four bits.
        case unsigned(UnsafePointer<UInt8>, bits: Int)
        /// Four bits of each word from a bit on.
        case slots(UnsafePointer<UInt32>, shift: UInt32)
    }

    /// Rows whose words are brought side by side together.
    private static let rowsAtOnce = 64

    /// Whether the codes have eight or four bits, and no pair of halves of a byte is cut by a group's end.
    var hasKernels: Bool {
        let width = scheme.tile.size(rows: rows, columns: columns).columns
        let isEven = columns.isMultiple(of: 2) && (width.isMultiple(of: 2) || width >= columns)
        return switch scheme {
        case .fp8, .bytes, .awq: true
        case .words(let bits, _, _), .gptq(let bits, _, _): bits == 8 || (bits == 4 && isEven)
        }
    }

    /// Decodes rows of the whole matrix.
    func decode(_ range: Range<Int>, by kernels: lk_packed, into values: UnsafeMutablePointer<Float>) {
        withScales { scales, zeros, across in
            forEachRow(range, by: kernels) { row, codes in
                fill(row, scales: scales, zeros: zeros, across)
                let out = values + (row - range.lowerBound) * columns
                decode(codes, by: kernels, scales, zeros, across, into: out)
            }
        }
    }

    /// Lends the codes of rows of the whole matrix, one row at a time and not always in order.
    func forEachRow(_ range: Range<Int>, by kernels: lk_packed, _ body: (Int, Codes) -> Void) {
        codes.withBytes { bytes in
            guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
            switch scheme {
            case .fp8: for row in range { body(row, .e4m3(base + row * columns)) }
            case .bytes: for row in range { body(row, .bytes(base + row * columns)) }
            case .words(let bits, _, _):
                for row in range { body(row, .unsigned(base + row * codes.shape[1] * 4, bits: bits)) }
            case .awq: forEachAWQRow(range, base, kernels, body)
            case .gptq(let bits, _, _): forEachGPTQRow(range, base, bits, kernels, body)
            }
        }
    }

    /// What is taken off every code before its zero point: compressed-tensors' words count codes from −2ᵇ⁻¹ on, and their
    /// zero points as well.
    var middle: Float { if case .words(let bits, _, _) = scheme { Float(1 << (bits - 1)) } else { 0 } }

    /// One row, group by group.
    private func decode(
        _ codes: Codes, by kernels: lk_packed, _ scales: UnsafePointer<Float>, _ zeros: UnsafePointer<Float>?,
        _ across: Int, into out: UnsafeMutablePointer<Float>
    ) {
        guard let groupIndex else {
            let width = scheme.tile.size(rows: rows, columns: columns).columns
            for group in 0..<across {
                let columns = group * width..<min(columns, (group + 1) * width)
                Self.decode(codes, columns, by: kernels, zero: middle + (zeros?[group] ?? 0), scales[group], into: out)
            }
            return
        }
        Self.decode(codes, 0..<columns, by: kernels, zero: middle, 1, into: out)
        groupIndex.withBytes { bytes in
            guard let groups = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
            kernels.regroup(groups, columns, across, zeros, scales, out)
        }
    }

    /// Some columns under one scale.
    private static func decode(
        _ codes: Codes, _ columns: Range<Int>, by kernels: lk_packed, zero: Float, _ scale: Float,
        into out: UnsafeMutablePointer<Float>
    ) {
        let (first, count, target) = (columns.lowerBound, columns.count, out + columns.lowerBound)
        switch codes {
        case .e4m3(let bytes): kernels.e4m3(bytes + first, count, scale, target)
        case .bytes(let bytes): kernels.bytes(bytes + first, count, zero, scale, target)
        case .unsigned(let bytes, 8): kernels.octets(bytes + first, count, zero, scale, target)
        case .unsigned(let bytes, _): kernels.nibbles(bytes + first / 2, count, zero, scale, target)
        case .slots(let words, let shift): kernels.slots(words + first, count, shift, zero, scale, target)
        }
    }

    /// Words down columns: word k of a row holds its elements from 32·k/b on.
    private func forEachGPTQRow(
        _ range: Range<Int>, _ base: UnsafePointer<UInt8>, _ bits: Int, _ kernels: lk_packed,
        _ body: (Int, Codes) -> Void
    ) {
        let words = columns * bits / 32
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: min(Self.rowsAtOnce, range.count) * words) { room in
            guard let turned = room.baseAddress else { return }
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.rowsAtOnce) {
                let count = min(Self.rowsAtOnce, range.upperBound - first)
                kernels.turn(base + first * 4, rows, words, count, turned)
                for row in 0..<count {
                    let bytes = UnsafeRawPointer(turned + row * words).assumingMemoryBound(to: UInt8.self)
                    body(first + row, .unsigned(bytes, bits: bits))
                }
            }
        }
    }

    /// Words across rows: slot s of a word is row `awqOrder[s]` of its eight.
    private func forEachAWQRow(
        _ range: Range<Int>, _ base: UnsafePointer<UInt8>, _ kernels: lk_packed, _ body: (Int, Codes) -> Void
    ) {
        let width = codes.shape[1]
        let eights = range.lowerBound / 8..<(range.upperBound + 7) / 8
        let step = Self.rowsAtOnce / 8
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: min(step, eights.count) * columns) { room in
            guard let turned = room.baseAddress else { return }
            for first in stride(from: eights.lowerBound, to: eights.upperBound, by: step) {
                let count = min(step, eights.upperBound - first)
                kernels.turn(base + first * 4, width, columns, count, turned)
                for eight in 0..<count {
                    for (slot, place) in Self.awqOrder.enumerated() {
                        let row = (first + eight) * 8 + place
                        guard range.contains(row) else { continue }
                        body(row, .slots(turned + eight * columns, shift: UInt32(4 * slot)))
                    }
                }
            }
        }
    }
}
