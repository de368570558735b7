// IQ1_M: 256 weights as 32 patterns of eight from IQ1_S's codebook, each with its shift; a scale for every two patterns.
//
//   byte   0              32             48              56
//        ┌──────────────┬──────────────┬───────────────┐
//        │ p[0] … p[31] │ h[0] … h[15] │ s[0] …   s[3] │   y[8j + i] = step · (codebook[index j][i] + shift)
//        │ lower eight  │ two a byte   │ u16           │
//        └──────────────┴──────────────┴───────────────┘
//
//   n = nibble j of h        index j = p[j] | (n & 7) << 8        shift = n & 8 is set ? −⅛ : ⅛
//   step = d · (2 · (three bits of s[k/64] from 3(k/16 mod 4) on) + 1)
//   d, a half: its nibbles are the uppermost four bits of s[0], s[1], s[2] and s[3], the lowest first

extension BlockFormat {
    /// 1.75 bits a weight by codebook, a scale for each 16.
    public static let iq1_m = BlockFormat(
        id: 29, name: "iq1_m", blockLength: 256, blockBytes: 56,
        decode: blockwise(length: 256, bytes: 56) { bytes, values in
            let scale = HalfPrecision.float(
                (0..<4).reduce(0) { $0 | (bytes.word16(at: 48 + 2 * $1) >> 12) << UInt16(4 * $1) })
            for j in 0..<32 {
                let packed = bytes.word16(at: 48 + 2 * (j / 8))
                let step = scale * Float(2 * (packed >> UInt16(3 * (j / 2 % 4)) & 7) + 1)
                let nibble = bytes.halfByte(j, from: 32)
                let pattern = Int(bytes[j]) | Int(nibble & 7) << 8
                let shift: Float = nibble & 8 == 0 ? 0.125 : -0.125
                for i in 0..<8 { values[8 * j + i] = step * (Codebook.iq1.value(pattern, i) + shift) }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq1_m; codebook: gguf quants.py")
}
