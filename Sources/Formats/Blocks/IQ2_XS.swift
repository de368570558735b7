// IQ2_XS: 256 weights as 32 patterns of eight from a codebook of 512, and a four-bit scale for every two patterns.
//
//   byte   0   2                             66             74
//        ┌────┬─────────────────────────────┬──────────────┐
//        │ d  │ p[0] …                p[31] │ s[0] …  s[7] │
//        │ f16│ u16                         │ two a byte   │
//        └────┴─────────────────────────────┴──────────────┘
//
//   step = d · (½ + nibble j/2 of s) · ¼        y[8j + i] = ± step · codebook[p[j] & 511][i]
//   sign: bit i of p[j] >> 9, and for i = 7 their parity

extension BlockFormat {
    /// 2.3 bits a weight by codebook, a scale for each 16.
    public static let iq2_xs = BlockFormat(
        id: 17, name: "iq2_xs", blockLength: 256, blockBytes: 74,
        decode: blockwise(length: 256, bytes: 74) { bytes, values in
            let scale = bytes.half(at: 0)
            for j in 0..<32 {
                let pattern = bytes.word16(at: 2 + 2 * j)
                let step = scale * (0.5 + Float(bytes.halfByte(j / 2, from: 66))) * 0.25
                Codebook.iq2XS.decode(
                    Int(pattern & 511), step: step, signs: Codebook.evenSigns(UInt8(pattern >> 9)),
                    into: values[8 * j..<8 * j + 8])
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq2_xs; codebook: gguf quants.py")
}
