/// IEEE 754 half precision as ggml stores scales: two bytes, little-endian.
enum HalfPrecision {
    /// The value of a half-precision bit pattern, exact.
    static func float(_ bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

    /// The half at a byte offset.
    static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
        float(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }
}
