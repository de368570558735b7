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

    let source: any ByteSource
    let name: String
    let file: Int
    var cursor: ByteCursor

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

    func malformed(_ offset: Int, item: String? = nil, _ message: String) -> StorageError {
        StorageError(.malformed, file: name, offset: offset, item: item, message, remedy: Self.damaged)
    }
}
