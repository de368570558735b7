// Q4_0: 32 codes of four bits and one half-precision scale.
//
//   byte   0   2                             18
//        ┌────┬───────────────────────────────┐
//        │ d  │ b[0] b[1] …             b[15] │   y[k]      = d · (low  nibble of b[k] − 8)      k < 16
//        │ f16│ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = d · (high nibble of b[k] − 8)
//        └────┴───────────────────────────────┘

extension BlockFormat {
    /// Four bits a weight and a scale for each 32.
    public static let q4_0 = BlockFormat(
        id: 2, name: "q4_0", blockLength: 32, blockBytes: 18,
        decode: { bytes, values in
            for block in 0..<values.count / 32 {
                let scale = HalfPrecision.load(bytes, at: 18 * block)
                for k in 0..<16 {
                    let pair = bytes[18 * block + 2 + k]
                    values[32 * block + k] = Float(Int(pair & 15) - 8) * scale
                    values[32 * block + k + 16] = Float(Int(pair >> 4) - 8) * scale
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q4_0")
}
