// F32: the number itself, IEEE 754 single precision, little-endian.
//
//   byte   0      1      2      3
//        ┌──────┬──────┬──────┬──────┐
//        │ fraction 23 bits   │e8│ s │   y = the bits
//        └──────┴──────┴──────┴──────┘

extension BlockFormat {
    /// Single precision, copied bit for bit.
    public static let f32 = BlockFormat(
        id: 0, name: "f32", blockLength: 1, blockBytes: 4,
        decode: { bytes, values in
            for index in values.indices {
                let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                values[index] = Float(bitPattern: bits)
            }
        },
        source: "IEEE 754-2019, binary32")
}
