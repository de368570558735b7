// Q8_0: 32 signed bytes and one half-precision scale.
//
//   byte   0   2                          34
//        ┌────┬────────────────────────────┐
//        │ d  │ q[0] q[1] …          q[31] │   y[k] = d · q[k]
//        │ f16│ int8                       │
//        └────┴────────────────────────────┘
//
//   encode: d = max|x| / 127 in float32; q = round(x · (1/d)), halves away from zero; d is stored as F16 afterwards.

extension BlockFormat {
    /// Eight bits a weight and a scale for each 32.
    public static let q8_0 = BlockFormat(
        id: 8, name: "q8_0", blockLength: 32, blockBytes: 34,
        decode: { bytes, values in
            for block in 0..<values.count / 32 {
                let scale = HalfPrecision.load(bytes, at: 34 * block)
                for k in 0..<32 {
                    values[32 * block + k] = Float(Int8(bitPattern: bytes[34 * block + 2 + k])) * scale
                }
            }
        },
        encode: { values, bytes in
            for block in 0..<values.count / 32 { encodeQ8_0(values, bytes, block: block) }
        },
        source: "ggml ggml-quants.c, quantize_row_q8_0_ref")
}

private func encodeQ8_0(_ values: UnsafeBufferPointer<Float>, _ bytes: UnsafeMutableRawBufferPointer, block: Int) {
    var largest: Float = 0
    for k in 0..<32 where values[32 * block + k].magnitude > largest { largest = values[32 * block + k].magnitude }
    let scale = largest / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    HalfPrecision.store(scale, bytes, at: 34 * block)
    for k in 0..<32 {
        let scaled = (values[32 * block + k] * inverse).rounded(.toNearestOrAwayFromZero)
        // A NaN, or what an infinity or a vanishing scale makes of a number, has no code: zero, or the end of the range.
        let code = scaled.isNaN ? 0 : Int8(max(-128, min(127, scaled)))
        bytes[34 * block + 2 + k] = UInt8(bitPattern: code)
    }
}
