// Q4_1: 32 codes of four bits, one half-precision scale and one half-precision least value.
//
//   byte   0   2   4                             20
//        ┌────┬────┬───────────────────────────────┐
//        │ d  │ m  │ b[0] b[1] …             b[15] │   y[k]      = d · (low  nibble of b[k]) + m   k < 16
//        │ f16│ f16│ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = d · (high nibble of b[k]) + m
//        └────┴────┴───────────────────────────────┘

extension BlockFormat {
    /// Four bits a weight, a scale and a least value for each 32.
    public static let q4_1 = BlockFormat(
        id: 3, name: "q4_1", blockLength: 32, blockBytes: 20,
        decode: blockwise(length: 32, bytes: 20) { bytes, values in
            let (scale, least) = (bytes.half(at: 0), bytes.half(at: 2))
            for k in 0..<32 { values[k] = Float(bytes.nibble(k, from: 4)) * scale + least }
        },
        source: "ggml ggml-quants.c, dequantize_row_q4_1")
}
