// MXFP4: 32 four-bit floating-point codes (E2M1) and one power-of-two scale (E8M0).
//
//   byte   0   1                             17
//        ┌────┬───────────────────────────────┐
//        │ e  │ b[0] b[1] …             b[15] │   y[k]      = 2^(e−127) · E2M1[low  nibble of b[k]]   k < 16
//        │ u8 │ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = 2^(e−127) · E2M1[high nibble of b[k]]
//        └────┴───────────────────────────────┘
//
//   E2M1 = 0 .5 1 1.5 2 3 4 6, then the same negative. Held doubled, so the scale is halved: 2^(e−128).

extension BlockFormat {
    /// Four floating-point bits a weight and a power of two for each 32, in ggml's order.
    public static let mxfp4 = BlockFormat(
        id: 39, name: "mxfp4", blockLength: 32, blockBytes: 17,
        decode: { bytes, values in
            for block in 0..<values.count / 32 {
                let scale = MXFP4.halfScale(bytes[17 * block])
                for k in 0..<16 {
                    let pair = bytes[17 * block + 1 + k]
                    values[32 * block + k] = scale * MXFP4.doubledValue(pair & 15)
                    values[32 * block + k + 16] = scale * MXFP4.doubledValue(pair >> 4)
                }
            }
        },
        source: "OCP Microscaling Formats 1.0; order: ggml ggml-quants.c, dequantize_row_mxfp4")
}

/// The pieces of an MXFP4 block.
public enum MXFP4 {
    /// Twice the value of a code 0…15; `-0` counts as 0.
    static func doubledValue(_ code: UInt8) -> Float {
        let magnitudes: SIMD8<Float> = [0, 1, 2, 3, 4, 6, 8, 12]
        let magnitude = magnitudes[Int(code & 7)]
        return code & 8 == 0 ? magnitude : 0 - magnitude
    }

    /// Half the scale of an exponent byte, 2^(e−128); the two lowest are subnormal.
    static func halfScale(_ exponent: UInt8) -> Float {
        let bits: UInt32 = exponent < 2 ? 0x0020_0000 << UInt32(exponent) : UInt32(exponent - 1) << 23
        return Float(bitPattern: bits)
    }
}
