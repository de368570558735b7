// TQ2_0: 256 weights of −1, 0 or 1 (2 where nobody should write it) times one half-precision scale, four to a byte.
//
//   byte   0                            64   66
//        ┌─────────────────────────────┬────┐
//        │ b[0] …                b[63] │ d  │   y[k] = d · (q[k] − 1)
//        │ four codes a byte           │ f16│   q[k]: bits 2g and 2g + 1 of b[32(k/128) + k mod 32], g = (k mod 128)/32
//        └─────────────────────────────┴────┘

extension BlockFormat {
    /// Three values a weight, four weights a byte, and a scale for each 256.
    public static let tq2_0 = BlockFormat(
        id: 35, name: "tq2_0", blockLength: 256, blockBytes: 66,
        decode: blockwise(length: 256, bytes: 66) { bytes, values in
            let scale = bytes.half(at: 64)
            for k in 0..<256 { values[k] = scale * Float(Int(bytes.crumb(k, from: 0)) - 1) }
        },
        source: "ggml ggml-quants.c, dequantize_row_tq2_0")
}
