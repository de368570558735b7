// IQ2_S: 256 weights as 32 patterns of eight from a codebook of 1024, all their signs, and a four-bit scale for every two.
//
//   byte   0   2              34              66             74             82
//        ┌────┬──────────────┬───────────────┬──────────────┬──────────────┐
//        │ d  │ p[0] … p[31] │ m[0] …  m[31] │ h[0] …  h[7] │ s[0] …  s[7] │
//        │ f16│ lower eight  │ signs         │ upper two    │ two a byte   │
//        └────┴──────────────┴───────────────┴──────────────┴──────────────┘
//
//   step = d · (½ + nibble j/2 of s) · ¼        y[8j + i] = (bit i of m[j] ? − : +) step · codebook[index j][i]
//   index j = p[j] | (bits 2(j mod 4) and 2(j mod 4) + 1 of h[j/4]) << 8

extension BlockFormat {
    /// 2.5 bits a weight by codebook, a scale for each 16.
    public static let iq2_s = BlockFormat(
        id: 22, name: "iq2_s", blockLength: 256, blockBytes: 82,
        decode: blockwise(length: 256, bytes: 82) { bytes, values in
            let scale = bytes.half(at: 0)
            for j in 0..<32 {
                let high = bytes[66 + j / 4] >> (2 * UInt8(j % 4)) & 3
                let step = scale * (0.5 + Float(bytes.halfByte(j / 2, from: 74))) * 0.25
                Codebook.iq2S.decode(
                    Int(bytes[2 + j]) | Int(high) << 8, step: step, signs: bytes[34 + j],
                    into: values[8 * j..<8 * j + 8])
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq2_s; codebook: gguf quants.py")
}
