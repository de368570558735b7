// Q8_0: 32 signed bytes and one half-precision scale.
//
//   byte   0   2                          34
//        ┌────┬────────────────────────────┐
//        │ d  │ q[0] q[1] …          q[31] │   y[k] = d · q[k]
//        │ f16│ int8                       │
//        └────┴────────────────────────────┘

extension BlockFormat {
    /// Eight bits a weight and a scale for each 32.
    public static let q8_0 = BlockFormat(
        id: 8, name: "q8_0", blockLength: 32, blockBytes: 34,
        decode: { bytes, values in
            for block in 0..<values.count / 32 {
                let scale = HalfPrecision.load(bytes, at: 34 * block)
                for k in 0..<32 {
                    values[32 * block + k] = Float(Int8(bitPattern: bytes[34 * block + 2 + k])) * scale
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q8_0")
}
