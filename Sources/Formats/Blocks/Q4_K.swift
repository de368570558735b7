// Q4_K: 256 codes of four bits in eight runs of 32, each run with a six-bit scale and a six-bit minimum.
//
//   byte   0   2   4              16                     144
//        ┌────┬────┬─────────────┬──────────────────────┐
//        │ d  │ e  │ s[0] … s[11]│ b[0] …        b[127] │   y[k] = (d · scale[k/32]) · q[k] − e · minimum[k/32]
//        │ f16│ f16│ six bits    │ two codes a byte     │
//        └────┴────┴─────────────┴──────────────────────┘
//
//   q[k]: the low (k/32 even) or high (odd) nibble of b[32(k/64) + k mod 32]
//
//   s      7 6   5 … 0          scale[j]       minimum[j]
//   0…3   │A₄₊ │ scale j     │  j < 4: s[j] & 63               s[j + 4] & 63
//   4…7   │M₄₊ │ minimum j   │  j ≥ 4: s[j + 4] & 15 | (s[j − 4] >> 6) << 4    s[j + 4] >> 4 | (s[j] >> 6) << 4
//   8…11  │ minimum │ scale  │  (low four bits of runs 4…7)

extension BlockFormat {
    /// Four bits a weight, a scale and a minimum for each 32, themselves scaled for each 256.
    public static let q4_k = BlockFormat(
        id: 12, name: "q4_k", blockLength: 256, blockBytes: 144,
        decode: blockwise(length: 256, bytes: 144) { bytes, values in
            let (scale, minimum) = (bytes.half(at: 0), bytes.half(at: 2))
            for run in 0..<8 {
                let parts = SixBitPairs.pair(bytes, run, from: 4)
                let (step, least) = (scale * Float(parts.scale), minimum * Float(parts.minimum))
                for l in 0..<32 {
                    let pair = bytes[16 + 32 * (run / 2) + l]
                    values[32 * run + l] = step * Float(run % 2 == 0 ? pair & 15 : pair >> 4) - least
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q4_K")
}

/// Eight scales and eight minima of six bits in twelve bytes, as Q4_K and Q5_K pack them.
enum SixBitPairs {
    static func pair(_ bytes: UnsafeRawBufferPointer, _ run: Int, from offset: Int) -> (scale: UInt8, minimum: UInt8) {
        guard run >= 4 else { return (bytes[offset + run] & 63, bytes[offset + run + 4] & 63) }
        let low = bytes[offset + run + 4]
        return (low & 15 | (bytes[offset + run - 4] >> 6) << 4, low >> 4 | (bytes[offset + run] >> 6) << 4)
    }
}
