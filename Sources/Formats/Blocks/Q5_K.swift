// Q5_K: 256 codes of five bits in eight runs of 32, each run with a six-bit scale and a six-bit minimum.
//
//   byte   0   2   4              16             48                     176
//        ┌────┬────┬─────────────┬──────────────┬──────────────────────┐
//        │ d  │ e  │ s[0] … s[11]│ h[0] … h[31] │ b[0] …        b[127] │   y[k] = (d · scale[k/32]) · q[k]
//        │ f16│ f16│ six bits    │ fifth bits   │ two codes a byte     │          − e · minimum[k/32]
//        └────┴────┴─────────────┴──────────────┴──────────────────────┘
//
//   q[k]: the nibble of b as in Q4_K | (bit k/32 of h[k mod 32]) << 4; scale and minimum packed as in Q4_K

extension BlockFormat {
    /// Five bits a weight, a scale and a minimum for each 32, themselves scaled for each 256.
    public static let q5_k = BlockFormat(
        id: 13, name: "q5_k", blockLength: 256, blockBytes: 176,
        decode: blockwise(length: 256, bytes: 176) { bytes, values in
            let (scale, minimum) = (bytes.half(at: 0), bytes.half(at: 2))
            for run in 0..<8 {
                let parts = SixBitPairs.pair(bytes, run, from: 4)
                let (step, least) = (scale * Float(parts.scale), minimum * Float(parts.minimum))
                for l in 0..<32 {
                    let pair = bytes[48 + 32 * (run / 2) + l]
                    let high = bytes[16 + l] >> UInt8(run) & 1
                    let code = (run % 2 == 0 ? pair & 15 : pair >> 4) | high << 4
                    values[32 * run + l] = step * Float(code) - least
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q5_K")
}
