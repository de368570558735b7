// TQ1_0: 256 weights of −1, 0 or 1 times one half-precision scale, five to a byte.
//
//   byte   0                            48        52   54
//        ┌─────────────────────────────┬─────────┬────┐
//        │ b[0] …                b[47] │ c[0…3]  │ d  │   y[k] = d · (t[k] − 1)
//        │ five digits a byte          │ four    │ f16│
//        └─────────────────────────────┴─────────┴────┘
//
//   Digit n of byte x: the whole part of 3 · fraction(x · 3ⁿ / 256), that is (x · 3ⁿ mod 256) · 3 >> 8.
//   t[k]: k < 160: digit k/32 of b[k mod 32]; k < 240: digit (k − 160)/16 of b[32 + k mod 16]; else digit (k − 240)/4 of c[k mod 4]

extension BlockFormat {
    /// Three values a weight, five weights a byte, and a scale for each 256.
    public static let tq1_0 = BlockFormat(
        id: 34, name: "tq1_0", blockLength: 256, blockBytes: 54,
        decode: blockwise(length: 256, bytes: 54) { bytes, values in
            let scale = bytes.half(at: 52)
            func digit(_ place: Int, _ byte: UInt8) -> Int {
                let powers: SIMD8<UInt8> = [1, 3, 9, 27, 81, 0, 0, 0]
                return (Int(byte &* powers[place]) * 3) >> 8
            }
            for k in 0..<160 { values[k] = scale * Float(digit(k / 32, bytes[k % 32]) - 1) }
            for k in 160..<240 { values[k] = scale * Float(digit((k - 160) / 16, bytes[32 + k % 16]) - 1) }
            for k in 240..<256 { values[k] = scale * Float(digit((k - 240) / 4, bytes[48 + k % 4]) - 1) }
        },
        source: "ggml ggml-quants.c, dequantize_row_tq1_0")
}
