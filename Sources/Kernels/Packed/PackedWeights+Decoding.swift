import CKernels

/// Decoding a few rows at a time. Codes of eight and four bits go through kernels, which take a run of codes under one scale to
/// float32 at once; of other widths through a pass over codes and one over scales.
extension PackedWeights {
    /// Decodes rows of the view, one after another.
    /// - Shape: values [range.count, columns].
    func decode(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>, variant: KernelVariant) {
        let range = range.lowerBound + firstRow..<range.upperBound + firstRow
        if let kernels = lk_packed_of(variant.index)?.pointee, hasKernels {
            decode(range, by: kernels, into: values)
        } else {
            decodeBitwise(range, into: values)
        }
    }

    /// Decodes rows of the whole matrix, a code at a time.
    private func decodeBitwise(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        decodeCodes(range, into: values)
        withScales { scales, zeros, across in
            for row in range {
                fill(row, scales: scales, zeros: zeros, across)
                apply(scales: scales, zeros: zeros, to: values + (row - range.lowerBound) * columns, across)
            }
        }
    }

    /// The codes alone, less what each counts from, a code at a time.
    func decodeCodes(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        codes.withBytes { bytes in
            switch scheme {
            case .words(let bits, _, _): decodeWords(bytes, bits, range, into: values)
            case .gptq(let bits, _, _): decodeGPTQ(bytes, bits, range, into: values)
            case .fp8, .bytes, .awq: preconditionFailure("\(scheme.name) has kernels")
            }
        }
    }

    /// Words along a row: element i at bits b·i, from −2ᵇ⁻¹ on.
    private func decodeWords(
        _ bytes: UnsafeRawBufferPointer, _ bits: Int, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        let (width, middle) = (codes.shape[1], Float(1 << (bits - 1)))
        for row in range {
            let out = values + (row - range.lowerBound) * columns
            for column in 0..<columns {
                out[column] = Float(bytes.bits(bits, at: column * bits, from: row * width)) - middle
            }
        }
    }

    /// Words down columns: word k of a row holds its elements from 32·k/b on.
    private func decodeGPTQ(
        _ bytes: UnsafeRawBufferPointer, _ bits: Int, _ range: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        for row in range {
            let out = values + (row - range.lowerBound) * columns
            for column in 0..<columns {
                out[column] = Float(bytes.bits(bits, at: column * bits, word: rows, from: row))
            }
        }
    }

    /// The row of its eight that each slot of an AutoAWQ word holds.
    static let awqOrder = [0, 2, 4, 6, 1, 3, 5, 7]

    /// Lends room for the scales of a row, and for its zero points where there are any.
    func withScales(
        _ body: (UnsafeMutablePointer<Float>, _ zeros: UnsafeMutablePointer<Float>?, _ across: Int) -> Void
    ) {
        let across = scheme.tile.count(rows: rows, columns: columns).across
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * across) { room in
            guard let scales = room.baseAddress else { return }
            body(scales, scheme.hasZeroPoints ? scales + across : nil, across)
        }
    }

    /// The scales and zero points of one row, across.
    func fill(
        _ row: Int, scales target: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?, _ across: Int
    ) {
        let down = row / scheme.tile.size(rows: rows, columns: columns).rows
        scales.withBytes { bytes in
            let (first, step) = isColumnwise ? (row, rows) : (down * across, 1)
            bytes.scales(from: first, step: step, count: across, scales.element, into: target)
        }
        guard let zeros, let zeroPoints else { return }
        zeroPoints.withBytes { fill(zeros, $0, row, down, across) }
    }

    /// The zero points of one row, across.
    private func fill(
        _ zeros: UnsafeMutablePointer<Float>, _ bytes: UnsafeRawBufferPointer, _ row: Int, _ down: Int, _ across: Int
    ) {
        switch scheme {
        case .fp8: break
        case .bytes:
            for group in 0..<across { zeros[group] = Float(Int8(bitPattern: bytes[down * across + group])) }
        case .words(let bits, _, _):
            let middle = Float(1 << (bits - 1))
            for group in 0..<across {
                zeros[group] = Float(bytes.bits(bits, at: down * bits, word: across, from: group)) - middle
            }
        case .awq:
            let slot = UInt32(Self.awqOrder.firstIndex(of: row % 8) ?? 0)
            for group in 0..<across {
                zeros[group] = Float(bytes.word(group * (rows / 8) + row / 8) >> (4 * slot) & 15)
            }
        case .gptq(let bits, _, let bias):
            // The first version's writers wrap a zero point of 0 around to the largest code, and readers back.
            for group in 0..<across {
                let stored = Int(bytes.bits(bits, at: row * bits, from: group * (rows * bits / 32)))
                zeros[group] = Float((stored + bias) & (1 << bits - 1))
            }
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
