import Tensors

/// One of the tensors that packed weights consist of, where it lies.
public struct PackedPart: Sendable {
    /// The number types that parts have.
    public enum Element: String, Sendable, Hashable, CaseIterable {
        case int32, int8, float8, float16, bfloat16, float32

        /// - Units: bytes.
        public var size: Int {
            switch self {
            case .int8, .float8: 1
            case .float16, .bfloat16: 2
            case .int32, .float32: 4
            }
        }

        /// Whether scales may have it.
        public var isScale: Bool { self == .float16 || self == .bfloat16 || self == .float32 }
    }

    public let element: Element
    /// Axis lengths, slowest first.
    public let shape: [Int]
    public let source: any ByteSource
    /// Where it begins in the source.
    /// - Units: bytes.
    public let offset: Int

    /// A part whose every byte lies inside its source; the door that builds it has checked that.
    public init(element: Element, shape: [Int], source: any ByteSource, offset: Int = 0) {
        self.element = element
        self.shape = shape
        self.source = source
        self.offset = offset
    }

    /// - Units: bytes.
    public var byteCount: Int { shape.reduce(element.size, *) }

    /// Lends its bytes.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try source.withBytes(offset..<offset + byteCount, body)
    }

    func isSame(as other: PackedPart) -> Bool {
        source === other.source && offset == other.offset && element == other.element && shape == other.shape
    }
}

extension UnsafeRawBufferPointer {
    /// Element `index` of a run of scales.
    func scale(_ index: Int, _ element: PackedPart.Element) -> Float {
        switch element {
        case .float32:
            Float(bitPattern: UInt32(littleEndian: loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
        case .bfloat16:
            Float(
                bitPattern: UInt32(UInt16(littleEndian: loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
                    << 16)
        case .float16:
            Float(Float16(bitPattern: UInt16(littleEndian: loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))))
        case .float8: E4M3.values[Int(self[index])]
        case .int8: Float(Int8(bitPattern: self[index]))
        case .int32: Float(word(index))
        }
    }

    /// Every so many elements of a run of scales, from one on.
    func scales(
        from first: Int, step: Int, count: Int, _ element: PackedPart.Element, into target: UnsafeMutablePointer<Float>
    ) {
        // One loop a type: choosing the type anew for every scale would cost more than the scale.
        switch element {
        case .bfloat16:
            for i in 0..<count {
                let bits = loadUnaligned(fromByteOffset: (first + i * step) * 2, as: UInt16.self)
                target[i] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
            }
        case .float16:
            for i in 0..<count {
                let bits = loadUnaligned(fromByteOffset: (first + i * step) * 2, as: UInt16.self)
                target[i] = Float(Float16(bitPattern: UInt16(littleEndian: bits)))
            }
        default: for i in 0..<count { target[i] = scale(first + i * step, element) }
        }
    }

    /// Word `index` of a run of 32-bit words.
    func word(_ index: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }

    /// The `bits` bits from bit `position` on, counted from the lowest bit of the first word.
    func bits(_ bits: Int, at position: Int, word stride: Int = 1, from first: Int = 0) -> UInt32 {
        let (index, shift) = (position / 32, position % 32)
        var value = UInt64(word(first + index * stride))
        if shift + bits > 32 { value |= UInt64(word(first + (index + 1) * stride)) << 32 }
        return UInt32(truncatingIfNeeded: value >> UInt64(shift)) & (UInt32(1) << UInt32(bits) - 1)
    }
}
