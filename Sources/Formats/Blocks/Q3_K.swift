// Q3_K: 256 codes of three bits in sixteen runs of 16, each run with a six-bit scale.
//
//   byte   0             32                     96            108  110
//        ┌──────────────┬──────────────────────┬─────────────┬────┐
//        │ h[0] … h[31] │ b[0] …         b[63] │ s[0] … s[11]│ d  │   y[k] = (d · (scale[k/16] − 32)) · q[k]
//        │ upper bits   │ lower two bits       │ six bits    │ f16│
//        └──────────────┴──────────────────────┴─────────────┴────┘
//
//   q[k]     = (two bits of b as in Q2_K) − (bit k/32 of h[k mod 32] is set ? 0 : 4)
//   scale[j] = (j < 8 ? s[j] & 15 : s[j − 8] >> 4) | (bits 2(j/4) and 2(j/4) + 1 of s[8 + j mod 4]) << 4

extension BlockFormat {
    /// Three bits a weight and a scale for each 16, itself scaled for each 256.
    public static let q3_k = BlockFormat(
        id: 11, name: "q3_k", blockLength: 256, blockBytes: 110,
        decode: blockwise(length: 256, bytes: 110) { bytes, values in
            let scale = bytes.half(at: 108)
            for k in 0..<256 {
                let upper = bytes[k % 32] >> UInt8(k / 32) & 1
                let code = Int(bytes.crumb(k, from: 32)) - (upper == 1 ? 0 : 4)
                values[k] = scale * Float(Q3K.scale(bytes, k / 16) - 32) * Float(code)
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q3_K")
}

private enum Q3K {
    /// The six-bit scale of a run.
    static func scale(_ bytes: UnsafeRawBufferPointer, _ run: Int) -> Int {
        let low = bytes[96 + run % 8] >> (4 * UInt8(run / 8)) & 15
        let high = bytes[104 + run % 4] >> (2 * UInt8(run / 4)) & 3
        return Int(low | high << 4)
    }
}
