// NVFP4: 64 four-bit floating-point codes (E2M1) in four runs of 16, each with an eight-bit floating-point scale.
//
//   byte   0         4                             36
//        ┌──────────┬───────────────────────────────┐
//        │ s[0…3]   │ b[0] b[1] …             b[31] │   y[k] = scale(s[k/16]) · E2M1[q[k]]
//        │ UE4M3    │ 8 bytes a run                 │
//        └──────────┴───────────────────────────────┘
//
//   q[k]: of run j = k/16 and i = k mod 16, the low (i < 8) or high nibble of b[8j + i mod 8]
//   scale(x): x = e << 3 | f; e = 0: f · 2⁻⁹, else 2^(e−7) · (1 + f/8); 0 and 0x7F are 0. Halved, as E2M1 is held doubled.

extension BlockFormat {
    /// Four floating-point bits a weight and a small floating-point scale for each 16.
    public static let nvfp4 = BlockFormat(
        id: 40, name: "nvfp4", blockLength: 64, blockBytes: 36,
        decode: blockwise(length: 64, bytes: 36) { bytes, values in
            for run in 0..<4 {
                let scale = NVFP4.halfScale(bytes[run])
                for k in 0..<16 {
                    let pair = bytes[4 + 8 * run + k % 8]
                    values[16 * run + k] = scale * MXFP4.doubledValue(k < 8 ? pair & 15 : pair >> 4)
                }
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_nvfp4")
}

enum NVFP4 {
    /// Half the scale of a byte; its uppermost bit counts for nothing unless the others are those of a NaN.
    static func halfScale(_ byte: UInt8) -> Float {
        if byte == 0 || byte == 0x7F { return 0 }
        let (exponent, fraction) = (UInt32(byte >> 3 & 15), Float(byte & 7))
        if exponent == 0 { return fraction * 0x1p-10 }
        return (1 + fraction / 8) * Float(bitPattern: (exponent + 119) << 23)
    }
}
