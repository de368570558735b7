/// Reads and writes single values as GGUF packs them: little-endian, strings behind a 64-bit length.
enum PackedValue {
    /// The number or truth value at an offset that the caller has checked.
    static func read(_ type: MetadataType, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> MetadataValue? {
        func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
        return switch type {
        case .uint8: .uint8(integer(UInt8.self))
        case .int8: .int8(integer(Int8.self))
        case .uint16: .uint16(integer(UInt16.self))
        case .int16: .int16(integer(Int16.self))
        case .uint32: .uint32(integer(UInt32.self))
        case .int32: .int32(integer(Int32.self))
        case .uint64: .uint64(integer(UInt64.self))
        case .int64: .int64(integer(Int64.self))
        case .float32: .float32(Float(bitPattern: integer(UInt32.self)))
        case .float64: .float64(Double(bitPattern: integer(UInt64.self)))
        case .bool: .bool(integer(UInt8.self) != 0)
        case .string, .array: nil
        }
    }

    /// Appends a value without its type. An array appends element type, count and packed elements.
    static func append(_ value: MetadataValue, to bytes: inout [UInt8]) {
        switch value {
        case .uint8(let value): append(value, to: &bytes)
        case .int8(let value): append(value, to: &bytes)
        case .uint16(let value): append(value, to: &bytes)
        case .int16(let value): append(value, to: &bytes)
        case .uint32(let value): append(value, to: &bytes)
        case .int32(let value): append(value, to: &bytes)
        case .uint64(let value): append(value, to: &bytes)
        case .int64(let value): append(value, to: &bytes)
        case .float32(let value): append(value.bitPattern, to: &bytes)
        case .float64(let value): append(value.bitPattern, to: &bytes)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .string(let value): append(string: value.utf8, to: &bytes)
        case .malformedString(let value): append(string: value, to: &bytes)
        case .array(let array):
            append(array.elementType.rawValue, to: &bytes)
            append(UInt64(array.count), to: &bytes)
            array.withBytes { bytes.append(contentsOf: $0) }
        }
    }

    /// Appends a string: its length in bytes, then the bytes.
    static func append(string: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(UInt64(string.count), to: &bytes)
        bytes.append(contentsOf: string)
    }

    /// Appends an integer, little-endian.
    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
