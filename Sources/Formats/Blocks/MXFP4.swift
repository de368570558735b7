import Foundation

// MXFP4: 32 four-bit floating-point codes (E2M1) and one power-of-two scale (E8M0).
//
//   byte   0   1                             17
//        ┌────┬───────────────────────────────┐
//        │ e  │ b[0] b[1] …             b[15] │   y[k]      = 2^(e−127) · E2M1[low  nibble of b[k]]   k < 16
//        │ u8 │ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = 2^(e−127) · E2M1[high nibble of b[k]]
//        └────┴───────────────────────────────┘
//
//   E2M1 = 0 .5 1 1.5 2 3 4 6, then the same negative. Held doubled, so the scale is halved: 2^(e−128).
//   encode: e = floor(log2(max|x|)) − 2 + 127, 0 for a block of zeros; the nearest entry, ties to the lower code.

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
        encode: { values, bytes in
            for block in 0..<values.count / 32 { MXFP4.encode(values, bytes, block: block) }
        },
        source: "OCP Microscaling Formats 1.0; rounding: ggml ggml-quants.c, quantize_row_mxfp4_ref")
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

    static func encode(_ values: UnsafeBufferPointer<Float>, _ bytes: UnsafeMutableRawBufferPointer, block: Int) {
        var largest: Float = 0
        for k in 0..<32 where values[32 * block + k].magnitude > largest {
            largest = min(values[32 * block + k].magnitude, .greatestFiniteMagnitude)
        }
        let exponent = exponent(largest: largest)
        let scale = halfScale(exponent)
        bytes[17 * block] = exponent
        for k in 0..<16 {
            let low = nearestCode(values[32 * block + k], scale)
            bytes[17 * block + 1 + k] = low | nearestCode(values[32 * block + k + 16], scale) << 4
        }
    }

    /// The exponent byte for a block's largest magnitude.
    ///
    /// The logarithm is rounded to float32 before the floor, as in ggml: just below a power of two it reaches the next
    /// exponent. Below 2^-125 the byte would be negative; it stays at the smallest.
    private static func exponent(largest: Float) -> UInt8 {
        guard largest > 0 else { return 0 }
        return UInt8(max(0, log2f(largest).rounded(.down) - 2 + 127))
    }

    /// The code nearest to a value; a NaN becomes 0, an infinity the largest number that the scale can express.
    private static func nearestCode(_ value: Float, _ scale: Float) -> UInt8 {
        let limit = Float.greatestFiniteMagnitude
        let value = max(-limit, min(limit, value.isNaN ? 0 : value))
        var best: UInt8 = 0
        var smallest = Float.infinity
        for code: UInt8 in 0..<16 {
            let error = (scale * doubledValue(code) - value).magnitude
            if error < smallest {
                smallest = error
                best = code
            }
        }
        return best
    }
}
