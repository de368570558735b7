extension BlockFormat {
    /// A decoder of whole rows, made of one that decodes a single block.
    /// - Parameter block: takes exactly `bytes` bytes and fills exactly `length` values.
    static func blockwise(
        length: Int, bytes: Int,
        _ block: @escaping @Sendable (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> @Sendable (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void {
        { encoded, values in
            for index in 0..<values.count / length {
                block(
                    UnsafeRawBufferPointer(rebasing: encoded[index * bytes..<(index + 1) * bytes]),
                    UnsafeMutableBufferPointer(rebasing: values[index * length..<(index + 1) * length]))
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The half-precision number at a byte offset.
    func half(at offset: Int) -> Float { HalfPrecision.load(self, at: offset) }

    /// The little-endian 16-bit number at a byte offset.
    func word16(at offset: Int) -> UInt16 {
        UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The little-endian 32-bit number at a byte offset.
    func word32(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The four bits of weight k where byte j of a run of 16 holds weights j (low) and j + 16 (high).
    func nibble(_ k: Int, from offset: Int) -> UInt8 {
        let pair = self[offset + k % 16]
        return k < 16 ? pair & 15 : pair >> 4
    }

    /// The lower (even index) or upper (odd index) half of a byte of a run.
    func halfByte(_ index: Int, from offset: Int) -> UInt8 {
        self[offset + index / 2] >> (4 * UInt8(index % 2)) & 15
    }
}
