// BF16: the upper half of a single-precision number, little-endian.
//
//   bit   15  14…7  6…0
//        ┌──┬──────┬────┐
//        │ s│ e    │ f  │   y = the two bytes followed by two zero bytes, read as F32
//        └──┴──────┴────┘

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
        source: "ggml ggml-impl.h, ggml_compute_bf16_to_fp32")
}
