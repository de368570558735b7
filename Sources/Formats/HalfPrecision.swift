/// IEEE 754 half precision as ggml stores scales: two bytes, little-endian.
enum HalfPrecision {
    /// The value of a half-precision bit pattern, exact.
    static func float(_ bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

    /// The nearest half-precision bit pattern, ties to even.
    ///
    /// A NaN keeps its sign only, as in ggml: written out because conversions of NaN differ between processors with and
    /// without the instruction.
    static func bits(_ value: Float) -> UInt16 {
        if value.isNaN { return value.sign == .minus ? 0xFE00 : 0x7E00 }
        return Float16(value).bitPattern
    }

    /// The half at a byte offset.
    static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
        float(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }

    /// Stores the nearest half at a byte offset.
    static func store(_ value: Float, _ bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: bits(value).littleEndian, toByteOffset: offset, as: UInt16.self)
    }
}
