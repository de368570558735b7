// IQ4_XS: 256 codes of four bits into IQ4_NL's table in eight runs of 32, each run with a six-bit scale.
//
//   byte   0   2   4         8                      136
//        ┌────┬────┬────────┬──────────────────────┐
//        │ d  │ h  │ l[0…3] │ b[0] …        b[127] │   y[k] = (d · (scale[k/32] − 32)) · T[q[k]]
//        │ f16│ u16│        │ 16 bytes a run       │   within a run as IQ4_NL
//        └────┴────┴────────┴──────────────────────┘
//
//   scale[g] = (low (g even) or high nibble of l[g/2]) | (bits 2g and 2g + 1 of h) << 4

extension BlockFormat {
    /// Four bits a weight on an uneven scale, and a scale for each 32, itself scaled for each 256.
    public static let iq4_xs = BlockFormat(
        id: 23, name: "iq4_xs", blockLength: 256, blockBytes: 136,
        decode: blockwise(length: 256, bytes: 136) { bytes, values in
            let (scale, high) = (bytes.half(at: 0), bytes.word16(at: 2))
            for run in 0..<8 {
                let code = Int(bytes.halfByte(run, from: 4)) | Int(high >> UInt16(2 * run) & 3) << 4
                let step = scale * Float(code - 32)
                for k in 0..<32 {
                    values[32 * run + k] = step * UnevenSteps.value(bytes.nibble(k, from: 8 + 16 * run))
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_iq4_xs")
}
