// IQ2_XXS: 256 weights as 32 patterns of eight from a codebook of 256; signs and a scale for every four patterns.
//
//   byte   0   2                                     66
//        ┌────┬─────────────────────────────────────┐
//        │ d  │ run 0 │ run 1 │ …           │ run 7 │   eight bytes a run
//        │ f16│ p[0…3] u8, w u32                    │
//        └────┴─────────────────────────────────────┘
//
//   step = d · (½ + (w >> 28)) · ¼        y[8j + i] = ± step · codebook[p[j]][i]
//   sign: bit i of the seven bits of w from 7j on, and for i = 7 their parity

extension BlockFormat {
    /// Two bits a weight by codebook, a scale for each 32.
    public static let iq2_xxs = BlockFormat(
        id: 16, name: "iq2_xxs", blockLength: 256, blockBytes: 66,
        decode: blockwise(length: 256, bytes: 66) { bytes, values in
            let scale = bytes.half(at: 0)
            for run in 0..<8 {
                let word = bytes.word32(at: 6 + 8 * run)
                let step = scale * (0.5 + Float(word >> 28)) * 0.25
                for j in 0..<4 {
                    let first = 32 * run + 8 * j
                    let signs = Codebook.evenSigns(UInt8(word >> UInt32(7 * j) & 127))
                    Codebook.iq2XXS.decode(
                        Int(bytes[2 + 8 * run + j]), step: step, signs: signs, into: values[first..<first + 8])
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq2_xxs; codebook: gguf quants.py")
}
