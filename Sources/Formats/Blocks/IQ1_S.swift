// IQ1_S: 256 weights as 32 patterns of eight from a codebook of 2048 values −1, 0, 1; a scale and a shift for each 32.
//
//   byte   0   2              34             50
//        ┌────┬──────────────┬──────────────┐
//        │ d  │ p[0] … p[31] │ h[0] …  h[7] │   y[8j + i] = step · (codebook[index j][i] + shift)
//        │ f16│ lower eight  │ u16          │
//        └────┴──────────────┴──────────────┘
//
//   index j = p[j] | (three bits of h[j/4] from 3(j mod 4) on) << 8
//   step = d · (2 · (bits 12…14 of h[k/32]) + 1)        shift = bit 15 of h[k/32] is set ? −⅛ : ⅛

extension BlockFormat {
    /// 1.6 bits a weight by codebook, a scale for each 32.
    public static let iq1_s = BlockFormat(
        id: 19, name: "iq1_s", blockLength: 256, blockBytes: 50,
        decode: blockwise(length: 256, bytes: 50) { bytes, values in
            let scale = bytes.half(at: 0)
            for j in 0..<32 {
                let high = bytes.word16(at: 34 + 2 * (j / 4))
                let step = scale * Float(2 * (high >> 12 & 7) + 1)
                let pattern = Int(bytes[2 + j]) | Int(high >> UInt16(3 * (j % 4)) & 7) << 8
                let shift: Float = high >> 15 == 0 ? 0.125 : -0.125
                for i in 0..<8 { values[8 * j + i] = step * (Codebook.iq1.value(pattern, i) + shift) }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq1_s; codebook: gguf quants.py")
}
