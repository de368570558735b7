extension GGUFReader {
    mutating func readValue(of key: String) throws(StorageError) -> MetadataValue {
        let type = try readType(of: key)
        switch type {
        case .string:
            let bytes = try cursor.stringBytes("the value of \(key)")
            guard let text = String(validating: bytes, as: UTF8.self) else { return .malformedString(Array(bytes)) }
            return .string(text)
        case .array: return .array(try readArray(of: key))
        default: return try readScalar(type, of: key)
        }
    }

    private mutating func readType(of key: String) throws(StorageError) -> MetadataType {
        let start = cursor.offset
        let number = try cursor.integer(UInt32.self, "the value type of \(key)")
        guard let type = MetadataType(rawValue: number) else {
            throw StorageError(
                .unknownType, file: name, offset: start, item: key, "there is no value type \(number)",
                remedy: Self.damaged)
        }
        return type
    }

    private mutating func readScalar(_ type: MetadataType, of key: String) throws(StorageError) -> MetadataValue {
        let start = cursor.offset
        try cursor.skip(type.width ?? 0, "the value of \(key)")
        if type == .bool, cursor.bytes[start] > 1 {
            throw malformed(start, item: key, "a truth value is \(cursor.bytes[start]), neither 0 nor 1")
        }
        guard let value = PackedValue.read(type, cursor.bytes, at: start) else {
            throw malformed(start, item: key, "the value has no width")
        }
        return value
    }

    private mutating func readArray(of key: String) throws(StorageError) -> MetadataArray {
        let start = cursor.offset
        let type = try readType(of: key)
        guard type != .array else { throw malformed(start, item: key, "nested arrays are not read, nor by llama.cpp") }
        let countOffset = cursor.offset
        let count = try cursor.integer(UInt64.self, "the array length of \(key)")
        let smallest = type.width ?? 8
        guard count <= GGUFLimits.arrayCount, count <= UInt64(cursor.remaining / smallest) else {
            throw malformed(
                countOffset, item: key, "an array claims \(count) elements, more than the file has room for")
        }
        let first = cursor.offset
        if let width = type.width {
            try cursor.skip(Int(count) * width, "the array \(key)")
        } else {
            try cursor.skipStrings(Int(count), "a string of \(key)")
        }
        return MetadataArray(
            elementType: type, count: Int(count), source: source, range: first..<cursor.offset)
    }
}
