// Q6_K: 256 codes of six bits in sixteen runs of 16, each run with a signed byte as its scale.
//
//   byte   0                     128           192             208  210
//        ┌──────────────────────┬─────────────┬───────────────┬────┐
//        │ b[0] …        b[127] │ h[0] … h[63]│ s[0] …  s[15] │ d  │   y[k] = (d · s[k/16]) · (q[k] − 32)
//        │ lower four bits      │ upper two   │ int8          │ f16│
//        └──────────────────────┴─────────────┴───────────────┴────┘
//
//   q[k] = nibble | crumb << 4, where n = k/128, g = (k mod 128)/32, l = k mod 32
//   nibble: low (g < 2) or high half of b[64n + 32(g mod 2) + l]        crumb: bits 2g and 2g + 1 of h[32n + l]

extension BlockFormat {
    /// Six bits a weight and a scale for each 16, itself scaled for each 256.
    public static let q6_k = BlockFormat(
        id: 14, name: "q6_k", blockLength: 256, blockBytes: 210,
        decode: blockwise(length: 256, bytes: 210) { bytes, values in
            let scale = bytes.half(at: 208)
            for k in 0..<256 {
                let (half, group) = (k / 128, k % 128 / 32)
                let pair = bytes[64 * half + 32 * (group % 2) + k % 32]
                let code = Int(group < 2 ? pair & 15 : pair >> 4) | Int(bytes.crumb(k, from: 128)) << 4
                values[k] = scale * Float(Int8(bitPattern: bytes[192 + k / 16])) * Float(code - 32)
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q6_K")
}
