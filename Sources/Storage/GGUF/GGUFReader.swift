import Tensors

// A GGUF file, little-endian, nothing before the data section aligned:
//
//   "GGUF"  version u32  tensor count u64  key count u64
//   keys:    name string · value type u32 · value                     string = length u64 · UTF-8
//   tensors: name string · axes u32 · axis lengths u64 (fastest first) · type u32 · offset u64
//   zeros up to a multiple of the alignment
//   data:    each tensor at its offset, padded with zeros to the alignment

/// Reads what a GGUF file says about itself, and checks all of it, without touching tensor data.
///
/// Versions 2 and 3. What llama.cpp refuses is refused here: empty or repeated keys, repeated or long tensor names,
/// unknown types, rows that are not whole blocks, data that are not contiguous in the order of the tensors.
/// - Source: ggml `docs/gguf.md`, `gguf.cpp`.
public struct GGUFReader {
    static let damaged = "the file is damaged or incomplete: download or convert it again"

    private let source: any ByteSource
    private let name: String
    private let file: Int
    private var cursor: ByteCursor

    /// Reads a file.
    /// - Parameters:
    ///   - source: the whole file.
    ///   - name: how errors name it.
    ///   - file: the index that its tensors carry.
    /// - Throws: `StorageError` with the byte offset.
    /// - Complexity: O(header); arrays of numbers are skipped, arrays of strings walked once.
    public static func read(_ source: any ByteSource, name: String, file: Int = 0) throws(StorageError) -> GGUFFile {
        let result: Result<GGUFFile, StorageError> = source.withBytes(0..<source.count) { bytes in
            Result { () throws(StorageError) in
                var reader = GGUFReader(
                    source: source, name: name, file: file, cursor: ByteCursor(bytes, file: name))
                return try reader.readFile()
            }
        }
        return try result.get()
    }

    private mutating func readFile() throws(StorageError) -> GGUFFile {
        let version = try readVersion()
        let tensorCount = try count("the tensor count", smallestItem: 24)
        let keyCount = try count("the key count", smallestItem: 13)
        var metadata = Metadata()
        for index in 0..<keyCount {
            let start = cursor.offset
            let key = try cursor.text("key \(index)")
            guard !key.isEmpty else { throw malformed(start, "key \(index) is empty") }
            guard metadata[key] == nil else {
                throw StorageError(
                    .duplicate, file: name, offset: start, item: key, "the key stands twice", remedy: Self.damaged)
            }
            metadata[key] = try readValue(of: key)
        }
        let alignment = try alignment(metadata)
        let infos = try readInfos(tensorCount)
        let (dataOffset, overflow) = Self.aligned(cursor.offset, alignment)
        guard !overflow else { throw malformed(cursor.offset, "the data section begins beyond all bounds") }
        let tensors = try place(infos, dataOffset: dataOffset, alignment: alignment)
        return GGUFFile(
            version: version, alignment: alignment, metadata: metadata, tensors: tensors, dataOffset: dataOffset)
    }

    private mutating func readVersion() throws(StorageError) -> UInt32 {
        let magic = try cursor.integer(UInt32.self, "the magic")
        guard magic == 0x4655_4747 else {
            throw StorageError(
                .unknownContainer, file: name, offset: 0, "it does not begin with GGUF", remedy: "open a GGUF file")
        }
        let version = try cursor.integer(UInt32.self, "the version")
        guard version & 0xFFFF != 0 || version == 0 else {
            throw StorageError(
                .unsupportedVersion, file: name, offset: 4, "the file is big-endian",
                remedy: "convert it to little-endian with gguf_convert_endian.py of llama.cpp")
        }
        guard version == 2 || version == 3 else {
            throw StorageError(
                .unsupportedVersion, file: name, offset: 4, "GGUF version \(version) is not read, only 2 and 3",
                remedy: "convert the checkpoint again with a current llama.cpp")
        }
        return version
    }

    /// A count of items that each take some bytes: more than fit into the rest of the file are refused at once.
    private mutating func count(_ what: String, smallestItem: Int) throws(StorageError) -> Int {
        let start = cursor.offset
        let count = try cursor.integer(UInt64.self, what)
        guard count <= UInt64(cursor.remaining / smallestItem) else {
            throw malformed(start, "\(what) is \(count), more than the file has room for")
        }
        return Int(count)
    }

    private func alignment(_ metadata: Metadata) throws(StorageError) -> Int {
        guard let value = metadata["general.alignment"] else { return GGUFLimits.defaultAlignment }
        guard case .uint32(let alignment) = value, alignment.nonzeroBitCount == 1 else {
            throw StorageError(
                .malformed, file: name, offset: cursor.offset, item: "general.alignment",
                "the alignment is not a u32 power of two", remedy: Self.damaged)
        }
        return Int(alignment)
    }

    /// A position rounded up to the alignment, and whether that overflowed.
    static func aligned(_ position: Int, _ alignment: Int) -> (partialValue: Int, overflow: Bool) {
        let (sum, overflow) = position.addingReportingOverflow(alignment - 1)
        return (sum & ~(alignment - 1), overflow)
    }

    private func malformed(_ offset: Int, item: String? = nil, _ message: String) -> StorageError {
        StorageError(.malformed, file: name, offset: offset, item: item, message, remedy: Self.damaged)
    }
}

// MARK: - Values

extension GGUFReader {
    private mutating func readValue(of key: String) throws(StorageError) -> MetadataValue {
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
            throw malformed(countOffset, item: key, "an array claims \(count) elements, more than the file has room for")
        }
        let first = cursor.offset
        if let width = type.width {
            try cursor.skip(Int(count) * width, "the array \(key)")
        } else {
            for _ in 0..<count { _ = try cursor.stringBytes("a string of \(key)") }
        }
        return MetadataArray(
            elementType: type, count: Int(count), source: source, range: first..<cursor.offset)
    }
}

// MARK: - Tensors

extension GGUFReader {
    /// A tensor as its info says, before its place is checked.
    private struct Info {
        let name: String
        let format: TensorFormat
        let shape: [Int]
        let byteCount: Int
        let offset: UInt64
        let offsetField: Int
    }

    private mutating func readInfos(_ count: Int) throws(StorageError) -> [Info] {
        var infos: [Info] = []
        var names = Set<NameBytes>()
        for index in 0..<count {
            let start = cursor.offset
            let info = try readInfo(index)
            guard names.insert(NameBytes(info.name)).inserted else {
                throw StorageError(
                    .duplicate, file: name, offset: start, item: info.name, "the tensor stands twice",
                    remedy: Self.damaged)
            }
            infos.append(info)
        }
        return infos
    }

    private mutating func readInfo(_ index: Int) throws(StorageError) -> Info {
        let start = cursor.offset
        let tensor = try cursor.text("the name of tensor \(index)")
        guard tensor.utf8.count <= GGUFLimits.nameBytes else {
            throw malformed(start, item: tensor, "the name is longer than \(GGUFLimits.nameBytes) bytes")
        }
        let shape = try readShape(of: tensor)
        let typeOffset = cursor.offset
        let number = try cursor.integer(UInt32.self, "the type of \(tensor)")
        guard let format = TensorFormat(ggmlID: number) else {
            throw StorageError(
                .unknownType, file: name, offset: typeOffset, item: tensor, "there is no tensor type \(number)",
                remedy: "convert the checkpoint again with a current llama.cpp, or use a newer Lancet")
        }
        guard let byteCount = format.byteCount(shape: shape) else {
            throw malformed(
                start, item: tensor,
                "shape \(shape) cannot be \(format.name): rows are not whole blocks, or the size overflows")
        }
        let offsetField = cursor.offset
        let offset = try cursor.integer(UInt64.self, "the offset of \(tensor)")
        return Info(
            name: tensor, format: format, shape: shape, byteCount: byteCount, offset: offset,
            offsetField: offsetField)
    }

    private mutating func readShape(of tensor: String) throws(StorageError) -> [Int] {
        let start = cursor.offset
        let dimensions = try cursor.integer(UInt32.self, "the number of axes of \(tensor)")
        guard dimensions <= GGUFLimits.dimensions else {
            throw malformed(start, item: tensor, "\(dimensions) axes are more than \(GGUFLimits.dimensions)")
        }
        var shape: [Int] = []
        for _ in 0..<dimensions {
            let offset = cursor.offset
            guard let length = Int(exactly: try cursor.integer(Int64.self, "the shape of \(tensor)")), length >= 0 else {
                throw malformed(offset, item: tensor, "an axis has a negative length")
            }
            shape.append(length)
        }
        return shape.reversed()
    }

    private func place(_ infos: [Info], dataOffset: Int, alignment: Int) throws(StorageError) -> [TensorEntry] {
        var expected = 0
        var entries: [TensorEntry] = []
        entries.reserveCapacity(infos.count)
        for info in infos {
            guard info.offset == UInt64(expected) else {
                throw StorageError(
                    .layout, file: name, offset: info.offsetField, item: info.name,
                    "the data begin at \(info.offset), but the tensor before ends at \(expected)",
                    remedy: "llama.cpp refuses gaps, overlaps and reordering too: convert the checkpoint again")
            }
            let (start, startOverflow) = dataOffset.addingReportingOverflow(expected)
            let (end, endOverflow) = start.addingReportingOverflow(info.byteCount)
            guard !startOverflow, !endOverflow, end <= source.count else {
                throw StorageError(
                    .truncated, file: name, offset: source.count, item: info.name,
                    "the tensor takes \(info.byteCount) bytes from byte \(start), but the file ends before that",
                    remedy: Self.damaged)
            }
            entries.append(
                TensorEntry(
                    name: info.name, format: info.format, shape: info.shape, source: source, offset: start,
                    byteCount: info.byteCount, file: file))
            // No overflow: the end was compared with the file's length, and an alignment is below 2^32.
            expected = Self.aligned(end - dataOffset, alignment).partialValue
        }
        return entries
    }
}
