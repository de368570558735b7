// Q1_0: 128 signs and one half-precision magnitude.
//
//   byte   0   2                             18
//        ┌────┬───────────────────────────────┐
//        │ d  │ b[0] b[1] …             b[15] │   y[k] = bit k mod 8 of b[k/8] is set ? d : −d
//        │ f16│ eight signs a byte            │
//        └────┴───────────────────────────────┘

extension BlockFormat {
    /// A sign a weight, and a magnitude for each 128.
    public static let q1_0 = BlockFormat(
        id: 41, name: "q1_0", blockLength: 128, blockBytes: 18,
        decode: blockwise(length: 128, bytes: 18) { bytes, values in
            let magnitude = bytes.half(at: 0)
            for k in 0..<128 { values[k] = bytes[2 + k / 8] >> UInt8(k % 8) & 1 == 1 ? magnitude : -magnitude }
        },
        source: "ggml ggml-quants.c, dequantize_row_q1_0")
}
