// BF16: the upper half of a single-precision number, little-endian.
//
//   bit   15  14…7  6…0
//        ┌──┬──────┬────┐
//        │ s│ e    │ f  │   y = the two bytes followed by two zero bytes, read as F32
//        └──┴──────┴────┘   encode: nearest, ties to even, by adding 0x7FFF + (lowest kept bit)

extension BlockFormat {
    /// The upper half of single precision.
    public static let bf16 = BlockFormat(
        id: 30, name: "bf16", blockLength: 1, blockBytes: 2,
        decode: { bytes, values in
            for index in values.indices {
                let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                values[index] = Float(bitPattern: UInt32(bits) << 16)
            }
        },
        encode: { values, bytes in
            for index in values.indices {
                bytes.storeBytes(
                    of: roundedToBF16(values[index]).littleEndian, toByteOffset: 2 * index, as: UInt16.self)
            }
        },
        source: "ggml ggml-impl.h, ggml_compute_fp32_to_bf16")
}

/// The nearest BF16 bit pattern; a NaN keeps sign and leading payload and becomes quiet, since rounding could turn it
/// into an infinity.
private func roundedToBF16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x0040 }
    return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}
