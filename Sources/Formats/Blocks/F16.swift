// F16: IEEE 754 half precision, little-endian.
//
//   bit   15  14…10  9…0
//        ┌──┬──────┬────┐
//        │ s│ e    │ f  │   y = (−1)^s · 2^(e−15) · 1.f      e = 0: (−1)^s · 2^(−14) · 0.f
//        └──┴──────┴────┘

extension BlockFormat {
    /// Half precision.
    public static let f16 = BlockFormat(
        id: 1, name: "f16", blockLength: 1, blockBytes: 2,
        decode: { bytes, values in
            for index in values.indices { values[index] = HalfPrecision.load(bytes, at: 2 * index) }
        },
        source: "IEEE 754-2019, binary16")
}
