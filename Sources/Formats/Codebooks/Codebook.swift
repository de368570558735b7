/// The patterns that a codebook format's indices choose: runs of four or eight weights, each one of a few values.
struct Codebook: Sendable {
    /// Weights of a pattern, and bits of an entry that choose one's value.
    private let width: Int, bits: Int
    private let values: [Float]
    private let entries: [UInt16]

    /// Reads a table written in hexadecimal, four digits an entry; white space is passed over.
    /// - Parameter values: what a code stands for: three values make eight weights an entry, eight make four.
    init(values: [Float], entries: String) {
        bits = values.count > 4 ? 4 : 2
        width = 16 / bits
        self.values = values
        let digits = entries.compactMap(\.hexDigitValue)
        self.entries = stride(from: 0, to: digits.count, by: 4).map { start in
            digits[start..<start + 4].reduce(0) { $0 << 4 | UInt16($1) }
        }
    }

    /// Patterns that can be chosen.
    var count: Int { entries.count }

    /// One weight of a pattern.
    func value(_ entry: Int, _ k: Int) -> Float {
        values[Int(entries[entry] >> UInt16(bits * k)) & ((1 << bits) - 1)]
    }

    /// Writes a whole pattern: weight k is `step` times its value, negative where bit k of `signs` is set.
    func decode(_ entry: Int, step: Float, signs: UInt8 = 0, into weights: Slice<UnsafeMutableBufferPointer<Float>>) {
        for (k, index) in weights.indices.enumerated() {
            let weight = step * value(entry, k)
            weights.base[index] = signs >> UInt8(k) & 1 == 0 ? weight : -weight
        }
    }

    /// Eight signs from seven bits: the eighth makes the number of minus signs even.
    static func evenSigns(_ seven: UInt8) -> UInt8 { seven | UInt8(seven.nonzeroBitCount & 1) << 7 }
}
