/// Reads fields of untrusted bytes one behind the other; every read is checked against the end.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    let file: String
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// Bytes that are left.
    var remaining: Int { bytes.count - offset }

    /// The next little-endian integer.
    mutating func integer<Value: FixedWidthInteger>(_: Value.Type, _ what: String) throws(StorageError) -> Value {
        let width = MemoryLayout<Value>.size
        guard remaining >= width else { throw truncated(what) }
        defer { offset += width }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The bytes of the next string: its 64-bit length, then as many bytes.
    mutating func stringBytes(_ what: String) throws(StorageError) -> UnsafeRawBufferPointer {
        let start = offset
        let length = try integer(UInt64.self, what)
        guard length <= UInt64(remaining) else {
            throw StorageError(
                length <= GGUFLimits.stringBytes ? .truncated : .malformed, file: file, offset: start,
                "\(what) claims \(length) bytes, but only \(remaining) follow", remedy: GGUFReader.damaged)
        }
        guard length <= GGUFLimits.stringBytes else {
            throw StorageError(
                .malformed, file: file, offset: start, "\(what) is longer than 2^30 bytes", remedy: GGUFReader.damaged)
        }
        defer { offset += Int(length) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)])
    }

    /// The next string, which must be UTF-8.
    mutating func text(_ what: String) throws(StorageError) -> String {
        let start = offset
        guard let text = String(validating: try stringBytes(what), as: UTF8.self) else {
            throw StorageError(
                .malformed, file: file, offset: start, "\(what) is not UTF-8", remedy: GGUFReader.damaged)
        }
        return text
    }

    /// Moves over strings.
    ///
    /// A vocabulary and its merges are hundreds of thousands of them, so the sound case is a bare loop; a string that
    /// runs past the end is read again the slow way, which finds the words for it.
    mutating func skipStrings(_ count: Int, _ what: String) throws(StorageError) {
        var position = offset
        for _ in 0..<count {
            let start = position
            position += 8
            guard position <= bytes.count else {
                offset = start
                throw truncated(what)
            }
            let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            guard length <= min(GGUFLimits.stringBytes, UInt64(bytes.count - position)) else {
                offset = start
                _ = try stringBytes(what)
                position = offset
                continue
            }
            position += Int(length)
        }
        offset = position
    }

    /// Moves over bytes of known length.
    mutating func skip(_ length: Int, _ what: String) throws(StorageError) {
        guard length <= remaining else { throw truncated(what) }
        offset += length
    }

    private func truncated(_ what: String) -> StorageError {
        StorageError(
            .truncated, file: file, offset: bytes.count, "the file ends inside \(what)", remedy: GGUFReader.damaged)
    }
}
