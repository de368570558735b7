// Q5_1: 32 codes of five bits, the fifth bits together, one half-precision scale and one half-precision least value.
//
//   byte   0   2   4         8                             24
//        ┌────┬────┬─────────┬───────────────────────────────┐
//        │ d  │ m  │ h       │ b[0] b[1] …             b[15] │   q[k] = nibble k of b | (bit k of h) << 4
//        │ f16│ f16│ u32     │ b[j] = q[j] | q[j+16] << 4    │   y[k] = d · q[k] + m
//        └────┴────┴─────────┴───────────────────────────────┘

extension BlockFormat {
    /// Five bits a weight, a scale and a least value for each 32.
    public static let q5_1 = BlockFormat(
        id: 7, name: "q5_1", blockLength: 32, blockBytes: 24,
        decode: blockwise(length: 32, bytes: 24) { bytes, values in
            let (scale, least, high) = (bytes.half(at: 0), bytes.half(at: 2), bytes.word32(at: 4))
            for k in 0..<32 {
                let code = Int(bytes.nibble(k, from: 8)) | Int(high >> UInt32(k) & 1) << 4
                values[k] = Float(code) * scale + least
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q5_1")
}
