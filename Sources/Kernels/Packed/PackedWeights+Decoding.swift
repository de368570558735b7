/// Decoding a few rows at a time, in two passes over a tile that stays in cache: codes to float32 as they lie, then each row
/// less its zero points and times its scales.
extension PackedWeights {
    /// Decodes rows of the view, one after another.
    /// - Shape: values [range.count, columns].
    func decode(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        let range = range.lowerBound + firstRow..<range.upperBound + firstRow
        codes.withBytes { bytes in
            switch scheme {
            case .fp8: decodeBytes(bytes, range, into: values) { E4M3.values[Int($0)] }
            case .bytes: decodeBytes(bytes, range, into: values) { Float(Int8(bitPattern: $0)) }
            case .words(let bits, _, _): decodeWords(bytes, bits, range, into: values)
            case .awq: decodeAWQ(bytes, range, into: values)
            case .gptq(let bits, _, _): decodeGPTQ(bytes, bits, range, into: values)
            }
        }
        scale(range, values)
    }

    private func decodeBytes(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>,
        _ number: (UInt8) -> Float
    ) {
        let start = range.lowerBound * columns
        for index in 0..<range.count * columns { values[index] = number(bytes[start + index]) }
    }

    /// Words along a row: element i at bits b·i, from −2ᵇ⁻¹ on.
    private func decodeWords(
        _ bytes: UnsafeRawBufferPointer, _ bits: Int, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        let (width, middle) = (codes.shape[1], Float(1 << (bits - 1)))
        for row in range {
            let out = values + (row - range.lowerBound) * columns
            let first = row * width
            guard 32 % bits == 0 else {
                for column in 0..<columns {
                    out[column] = Float(bytes.bits(bits, at: column * bits, from: first)) - middle
                }
                continue
            }
            let (perWord, mask) = (32 / bits, UInt32(1) << UInt32(bits) - 1)
            for index in 0..<width {
                var word = bytes.word(first + index)
                for column in index * perWord..<min(columns, (index + 1) * perWord) {
                    out[column] = Float(word & mask) - middle
                    word >>= UInt32(bits)
                }
            }
        }
    }

    /// Words across rows: slot s of a word is row `order[s]` of its eight.
    private func decodeAWQ(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        let width = codes.shape[1]
        for index in range.lowerBound / 8...(range.upperBound - 1) / 8 {
            for slot in 0..<8 {
                let row = index * 8 + Self.awqOrder[slot]
                guard range.contains(row) else { continue }
                let out = values + (row - range.lowerBound) * columns
                let shift = UInt32(4 * slot)
                for column in 0..<columns {
                    out[column] = Float(bytes.word(column * width + index) >> shift & 15)
                }
            }
        }
    }

    /// Words down columns: word k of a row holds its elements from 32·k/b on.
    private func decodeGPTQ(
        _ bytes: UnsafeRawBufferPointer, _ bits: Int, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        guard 32 % bits == 0 else {
            for row in range {
                let out = values + (row - range.lowerBound) * columns
                for column in 0..<columns {
                    out[column] = Float(bytes.bits(bits, at: column * bits, word: rows, from: row))
                }
            }
            return
        }
        let (perWord, mask) = (32 / bits, UInt32(1) << UInt32(bits) - 1)
        for index in 0..<columns / perWord {
            for row in range {
                var word = bytes.word(index * rows + row)
                let out = values + (row - range.lowerBound) * columns + index * perWord
                for place in 0..<perWord {
                    out[place] = Float(word & mask)
                    word >>= UInt32(bits)
                }
            }
        }
    }

    /// The row of its eight that each slot of an AutoAWQ word holds.
    static let awqOrder = [0, 2, 4, 6, 1, 3, 5, 7]

    /// Takes zero points from decoded codes and multiplies by scales.
    private func scale(_ range: Range<Int>, _ values: UnsafeMutablePointer<Float>) {
        let across = scheme.tile.count(rows: rows, columns: columns).across
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * across) { rowScales in
            guard let scales = rowScales.baseAddress else { return }
            let zeros = scheme.hasZeroPoints ? scales + across : nil
            for row in range {
                fill(row, scales: scales, zeros: zeros, across)
                apply(scales: scales, zeros: zeros, to: values + (row - range.lowerBound) * columns, across)
            }
        }
    }

    /// The scales and zero points of one row, across.
    private func fill(
        _ row: Int, scales target: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?, _ across: Int
    ) {
        let down = row / scheme.tile.size(rows: rows, columns: columns).rows
        scales.withBytes { bytes in
            for group in 0..<across {
                let index = isColumnwise ? group * rows + row : down * across + group
                target[group] = bytes.scale(index, scales.element)
            }
        }
        guard let zeros, let zeroPoints else { return }
        zeroPoints.withBytes { bytes in
            for group in 0..<across { zeros[group] = zero(bytes, row, down, group, across) }
        }
    }

    private func zero(
        _ bytes: UnsafeRawBufferPointer, _ row: Int, _ down: Int, _ group: Int, _ across: Int
    ) -> Float {
        switch scheme {
        case .fp8: return 0
        case .bytes: return Float(Int8(bitPattern: bytes[down * across + group]))
        case .words(let bits, _, _):
            return Float(bytes.bits(bits, at: down * bits, word: across, from: group)) - Float(1 << (bits - 1))
        case .awq:
            let slot = UInt32(Self.awqOrder.firstIndex(of: row % 8) ?? 0)
            return Float(bytes.word(group * (rows / 8) + row / 8) >> (4 * slot) & 15)
        case .gptq(let bits, _, let bias):
            // The first version's writers wrap a zero point of 0 around to the largest code, and readers back.
            let stored = Int(bytes.bits(bits, at: row * bits, from: group * (rows * bits / 32)))
            return Float((stored + bias) & (1 << bits - 1))
        }
    }

    private func apply(
        scales: UnsafePointer<Float>, zeros: UnsafePointer<Float>?, to values: UnsafeMutablePointer<Float>,
        _ across: Int
    ) {
        if let groupIndex {
            groupIndex.withBytes { bytes in
                for column in 0..<columns {
                    let group = Int(bytes.word(column))
                    // A group that there is not gives no number rather than a plausible one.
                    let isKnown = group < across
                    values[column] =
                        isKnown ? (values[column] - (zeros?[group] ?? 0)) * scales[group] : .nan
                }
            }
            return
        }
        let width = scheme.tile.size(rows: rows, columns: columns).columns
        for group in 0..<across {
            let end = min(columns, (group + 1) * width)
            let scale = scales[group]
            if let zero = zeros?[group] {
                for column in group * width..<end { values[column] = (values[column] - zero) * scale }
            } else {
                for column in group * width..<end { values[column] *= scale }
            }
        }
    }

    /// Whether scales lie a group after another rather than a row after another.
    private var isColumnwise: Bool {
        switch scheme {
        case .awq, .gptq: true
        case .fp8, .words, .bytes: false
        }
    }
}
