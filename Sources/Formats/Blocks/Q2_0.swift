// Q2_0: 64 codes of two bits and one half-precision scale.
//
//   byte   0   2                             18
//        ┌────┬───────────────────────────────┐
//        │ d  │ b[0] b[1] …             b[15] │   y[k] = d · (q[k] − 1)
//        │ f16│ four neighbours a byte        │   q[k]: bits 2(k mod 4) and 2(k mod 4) + 1 of b[k/4]
//        └────┴───────────────────────────────┘

extension BlockFormat {
    /// Two bits a weight and a scale for each 64.
    public static let q2_0 = BlockFormat(
        id: 42, name: "q2_0", blockLength: 64, blockBytes: 18,
        decode: blockwise(length: 64, bytes: 18) { bytes, values in
            let scale = bytes.half(at: 0)
            for k in 0..<64 { values[k] = Float(Int(bytes[2 + k / 4] >> (2 * UInt8(k % 4)) & 3) - 1) * scale }
        },
        source: "ggml ggml-quants.c, dequantize_row_q2_0")
}
