// Q5_0: 32 codes of five bits, the fifth bits together, and one half-precision scale.
//
//   byte   0   2         6                             22
//        ┌────┬─────────┬───────────────────────────────┐
//        │ d  │ h       │ b[0] b[1] …             b[15] │   q[k] = nibble k of b | (bit k of h) << 4
//        │ f16│ u32     │ b[j] = q[j] | q[j+16] << 4    │   y[k] = d · (q[k] − 16)
//        └────┴─────────┴───────────────────────────────┘

extension BlockFormat {
    /// Five bits a weight and a scale for each 32.
    public static let q5_0 = BlockFormat(
        id: 6, name: "q5_0", blockLength: 32, blockBytes: 22,
        decode: blockwise(length: 32, bytes: 22) { bytes, values in
            let (scale, high) = (bytes.half(at: 0), bytes.word32(at: 2))
            for k in 0..<32 {
                let code = Int(bytes.nibble(k, from: 6)) | Int(high >> UInt32(k) & 1) << 4
                values[k] = Float(code - 16) * scale
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q5_0")
}
