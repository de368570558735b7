// IQ4_NL: 32 codes of four bits into a table of unevenly spaced values, and one half-precision scale.
//
//   byte   0   2                             18
//        ┌────┬───────────────────────────────┐
//        │ d  │ b[0] b[1] …             b[15] │   y[k]      = d · T[low  nibble of b[k]]   k < 16
//        │ f16│ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = d · T[high nibble of b[k]]
//        └────┴───────────────────────────────┘
//
//   T = −127 −104 −83 −65 −49 −35 −22 −10 1 13 25 38 53 69 89 113

extension BlockFormat {
    /// Four bits a weight on an uneven scale, and a scale for each 32.
    public static let iq4_nl = BlockFormat(
        id: 20, name: "iq4_nl", blockLength: 32, blockBytes: 18,
        decode: blockwise(length: 32, bytes: 18) { bytes, values in
            let scale = bytes.half(at: 0)
            for k in 0..<32 { values[k] = scale * UnevenSteps.value(bytes.nibble(k, from: 2)) }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq4_nl")
}

/// The sixteen values of IQ4_NL and IQ4_XS.
enum UnevenSteps {
    static func value(_ code: UInt8) -> Float {
        let values: SIMD16<Float> = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]
        return values[Int(code & 15)]
    }
}
