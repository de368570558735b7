// IQ3_XXS: 256 weights as 64 patterns of four from a codebook of 256; signs and a scale for every 32 weights.
//
//   byte   0   2              66             98
//        ┌────┬──────────────┬──────────────┐
//        │ d  │ p[0] … p[63] │ w[0] …  w[7] │
//        │ f16│ u8           │ u32          │
//        └────┴──────────────┴──────────────┘
//
//   step = d · (½ + (w[k/32] >> 28)) · ½        y[4j + i] = ± step · codebook[p[j]][i]
//   sign of weight k: bit k mod 8 of the seven bits of w[k/32] from 7(k mod 32)/8 on, the eighth their parity

extension BlockFormat {
    /// Three bits a weight by codebook, a scale for each 32.
    public static let iq3_xxs = BlockFormat(
        id: 18, name: "iq3_xxs", blockLength: 256, blockBytes: 98,
        decode: blockwise(length: 256, bytes: 98) { bytes, values in
            let scale = bytes.half(at: 0)
            for j in 0..<64 {
                let word = bytes.word32(at: 66 + 4 * (j / 8))
                let step = scale * (0.5 + Float(word >> 28)) * 0.5
                let signs = Codebook.evenSigns(UInt8(word >> UInt32(7 * (j % 8 / 2)) & 127))
                Codebook.iq3XXS.decode(
                    Int(bytes[2 + j]), step: step, signs: signs >> (4 * UInt8(j % 2)),
                    into: values[4 * j..<4 * j + 4])
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq3_xxs; codebook: gguf quants.py")
}
