// Q4_0: 32 codes of four bits and one half-precision scale.
//
//   byte   0   2                             18
//        ┌────┬───────────────────────────────┐
//        │ d  │ b[0] b[1] …             b[15] │   y[k]      = d · (low  nibble of b[k] − 8)      k < 16
//        │ f16│ b[j] = q[j] | q[j+16] << 4    │   y[k + 16] = d · (high nibble of b[k] − 8)
//        └────┴───────────────────────────────┘
//
//   encode: m = the x of largest |x| (the first of equals), d = m / −8 in float32;
//           q = min(15, trunc(x · (1/d) + 8.5)); d is stored as F16 afterwards.

extension BlockFormat {
    /// Four bits a weight and a scale for each 32.
    public static let q4_0 = BlockFormat(
        id: 2, name: "q4_0", blockLength: 32, blockBytes: 18,
        decode: { bytes, values in
            for block in 0..<values.count / 32 {
                let scale = HalfPrecision.load(bytes, at: 18 * block)
                for k in 0..<16 {
                    let pair = bytes[18 * block + 2 + k]
                    values[32 * block + k] = Float(Int(pair & 15) - 8) * scale
                    values[32 * block + k + 16] = Float(Int(pair >> 4) - 8) * scale
                }
            }
        },
        encode: { values, bytes in
            for block in 0..<values.count / 32 { encodeQ4_0(values, bytes, block: block) }
        },
        source: "ggml ggml-quants.c, quantize_row_q4_0_ref")
}

private func encodeQ4_0(_ values: UnsafeBufferPointer<Float>, _ bytes: UnsafeMutableRawBufferPointer, block: Int) {
    var extreme: Float = 0
    for k in 0..<32 where values[32 * block + k].magnitude > extreme.magnitude { extreme = values[32 * block + k] }
    let scale = extreme / -8
    let inverse = scale == 0 ? 0 : 1 / scale
    HalfPrecision.store(scale, bytes, at: 18 * block)
    func code(_ value: Float) -> UInt8 {
        let shifted = value * inverse + 8.5
        // What has no code (a NaN, or what an infinity or a vanishing scale makes of a number) becomes zero.
        return shifted.isNaN ? 8 : UInt8(max(0, min(15, shifted)))
    }
    for k in 0..<16 {
        bytes[18 * block + 2 + k] = code(values[32 * block + k]) | code(values[32 * block + k + 16]) << 4
    }
}
