// IQ3_S: 256 weights as 64 patterns of four from a codebook of 512, all their signs, and a four-bit scale for each 32.
//
//   byte   0   2              66             74               106          110
//        ┌────┬──────────────┬──────────────┬────────────────┬────────────┐
//        │ d  │ p[0] … p[63] │ h[0] …  h[7] │ m[0] …   m[31] │ s[0] … s[3]│
//        │ f16│ lower eight  │ ninth bits   │ signs          │ two a byte │
//        └────┴──────────────┴──────────────┴────────────────┴────────────┘
//
//   step = d · (1 + 2 · nibble k/32 of s)        y[4j + i] = ± step · codebook[p[j] | (bit j mod 8 of h[j/8]) << 8][i]
//   sign of weight k: bit k mod 8 of m[k/8]

extension BlockFormat {
    /// 3.4 bits a weight by codebook, a scale for each 32.
    public static let iq3_s = BlockFormat(
        id: 21, name: "iq3_s", blockLength: 256, blockBytes: 110,
        decode: blockwise(length: 256, bytes: 110) { bytes, values in
            let scale = bytes.half(at: 0)
            for j in 0..<64 {
                let high = bytes[66 + j / 8] >> UInt8(j % 8) & 1
                let step = scale * (1 + 2 * Float(bytes.halfByte(j / 8, from: 106)))
                let signs = bytes[74 + j / 2] >> (4 * UInt8(j % 2))
                Codebook.iq3S.decode(
                    Int(bytes[2 + j]) | Int(high) << 8, step: step, signs: signs, into: values[4 * j..<4 * j + 4])
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq3_s; codebook: gguf quants.py")
}
