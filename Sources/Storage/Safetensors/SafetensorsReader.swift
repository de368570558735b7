import Documents
import Tensors

// A safetensors file, little-endian:
//
//   N u64 │ N bytes of JSON │ data to the end of the file
//          {"__metadata__": {text: text}, NAME: {"dtype": "BF16", "shape": [rows, columns], "data_offsets": [begin, end]}}
//
// Offsets count from the end of the JSON. Data leave no gap, overlap nowhere and fill the file exactly.

/// What one safetensors file says.
public struct SafetensorsFile: Sendable {
    /// The pairs of `__metadata__`, in file order.
    public let texts: [(key: String, value: String)]
    /// Tensors in the order of their data.
    public let tensors: [TensorEntry]
}

/// Reads the header of a safetensors file and checks all of it, without touching tensor data.
/// - Source: huggingface/safetensors, README "Format" and `tensor.rs`.
public struct SafetensorsReader {
    static let damaged = "the file is damaged or incomplete: download or save it again"
    static let largestHeader: UInt64 = 100_000_000

    private let source: any ByteSource
    private let name: String
    private let file: Int
    private let headerEnd: Int

    /// Reads a file.
    /// - Parameters:
    ///   - source: the whole file.
    ///   - name: how errors name it.
    ///   - file: the index that its tensors carry.
    /// - Throws: `StorageError` with the byte offset.
    /// - Complexity: O(header).
    public static func read(
        _ source: any ByteSource, name: String, file: Int = 0
    ) throws(StorageError) -> SafetensorsFile {
        let headerEnd = try headerEnd(of: source, name: name)
        let reader = SafetensorsReader(source: source, name: name, file: file, headerEnd: headerEnd)
        let scanned = source.withBytes(8..<headerEnd) { bytes in
            var scanner = HeaderScanner(bytes)
            return scanner.header()
        }
        if let scanned { return SafetensorsFile(texts: scanned.texts, tensors: try reader.place(scanned.entries)) }
        return try reader.parse()
    }

    /// Reads a header that is not written as usual, or finds out what is wrong with it.
    private func parse() throws(StorageError) -> SafetensorsFile {
        let parsed: Result<JSON, JSONError> = source.withBytes(8..<headerEnd) { bytes in
            Result { () throws(JSONError) in try JSON(parsing: bytes) }
        }
        switch parsed {
        case .success(.object(let header)): return try read(header)
        case .success:
            throw StorageError(
                .malformed, file: name, offset: 8, "the header is not a JSON object", remedy: Self.damaged)
        case .failure(let error):
            throw StorageError(
                error.code == .duplicateKey ? .duplicate : .malformed, file: name, offset: 8 + error.offset,
                "the header is not valid JSON: \(error.message)", remedy: Self.damaged)
        }
    }

    private static func headerEnd(of source: any ByteSource, name: String) throws(StorageError) -> Int {
        guard source.count >= 8 else {
            throw StorageError(
                .truncated, file: name, offset: source.count, "the file ends inside the header's length",
                remedy: damaged)
        }
        let (length, first) = source.withBytes(0..<min(9, source.count)) { bytes in
            (UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)), bytes.count == 9 ? bytes[8] : 0)
        }
        guard length <= largestHeader else {
            throw StorageError(
                .malformed, file: name, offset: 0, "the header claims \(length) bytes; \(largestHeader) is the limit",
                remedy: damaged)
        }
        guard length <= UInt64(source.count - 8) else {
            throw StorageError(
                .truncated, file: name, offset: source.count,
                "the header claims \(length) bytes, but only \(source.count - 8) follow", remedy: damaged)
        }
        guard first == UInt8(ascii: "{"), length > 0 else {
            throw StorageError(.malformed, file: name, offset: 8, "the header does not begin with {", remedy: damaged)
        }
        return 8 + Int(length)
    }

    private func read(_ header: JSONObject) throws(StorageError) -> SafetensorsFile {
        var texts: [(key: String, value: String)] = []
        var entries: [HeaderEntry] = []
        for member in header.members {
            if member.key == "__metadata__" {
                texts = try readTexts(member.value)
            } else {
                entries.append(try readEntry(member.key, member.value))
            }
        }
        return SafetensorsFile(texts: texts, tensors: try place(entries))
    }

    private func readTexts(_ value: JSON) throws(StorageError) -> [(key: String, value: String)] {
        guard let object = value.asObject else { throw malformed("__metadata__", "it is not an object") }
        var texts: [(key: String, value: String)] = []
        for member in object.members {
            guard let text = member.value.asString else {
                throw malformed("__metadata__", "the value of \(member.key) is not a string")
            }
            texts.append((member.key, text))
        }
        return texts
    }

    private func readEntry(_ tensor: String, _ value: JSON) throws(StorageError) -> HeaderEntry {
        guard let type = value["dtype"]?.asString else { throw malformed(tensor, "it has no dtype") }
        guard let shape = naturals(value["shape"]) else {
            throw malformed(tensor, "the shape is not an array of lengths")
        }
        guard let offsets = naturals(value["data_offsets"]), offsets.count == 2 else {
            throw malformed(tensor, "data_offsets are not [begin, end]")
        }
        return HeaderEntry(name: tensor, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private func naturals(_ value: JSON?) -> [Int]? {
        guard let elements = value?.asArray else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .number(.signed(let number)) = element, number >= 0 else { return nil }
            numbers.append(Int(number))
        }
        return numbers
    }

    /// The tensors in the order of their data, each checked against its neighbours and the file.
    private func place(_ entries: [HeaderEntry]) throws(StorageError) -> [TensorEntry] {
        var tensors: [TensorEntry] = []
        tensors.reserveCapacity(entries.count)
        for entry in entries { tensors.append(try tensor(entry)) }
        func isBefore(_ a: TensorEntry, _ b: TensorEntry) -> Bool {
            (a.offset, a.byteCount) < (b.offset, b.byteCount)
        }
        let isSorted = zip(tensors, tensors.dropFirst()).allSatisfy { !isBefore($1, $0) }
        if !isSorted {
            let order = tensors.indices.sorted {
                isBefore(tensors[$0], tensors[$1]) || (!isBefore(tensors[$1], tensors[$0]) && $0 < $1)
            }
            tensors = order.map { tensors[$0] }
        }
        try checkLayout(tensors)
        return tensors
    }

    private func tensor(_ entry: HeaderEntry) throws(StorageError) -> TensorEntry {
        guard let format = TensorFormat(safetensorsName: entry.type) else {
            throw StorageError(
                .unknownType, file: name, offset: headerOffset(of: entry.name), item: entry.name,
                "there is no dtype \(entry.type)", remedy: "save the checkpoint again, or use a newer Lancet")
        }
        guard entry.begin <= entry.end else { throw malformed(entry.name, "data_offsets are not [begin, end]") }
        let byteCount = entry.end - entry.begin
        guard format.byteCount(shape: entry.shape) == byteCount else {
            throw malformed(
                entry.name, "shape \(entry.shape) of \(entry.type) does not take \(byteCount) bytes")
        }
        let (start, overflow) = headerEnd.addingReportingOverflow(entry.begin)
        guard !overflow else { throw malformed(entry.name, "data_offsets lie beyond all bounds") }
        return TensorEntry(
            name: entry.name, format: format, shape: entry.shape, source: source, offset: start,
            byteCount: byteCount, file: file)
    }

    private func checkLayout(_ tensors: [TensorEntry]) throws(StorageError) {
        var expected = headerEnd
        for tensor in tensors {
            guard tensor.offset == expected else {
                throw StorageError(
                    .layout, file: name, offset: headerOffset(of: tensor.name), item: tensor.name,
                    "the data begin at byte \(tensor.offset), but the tensor before ends at byte \(expected)",
                    remedy: Self.damaged)
            }
            guard tensor.byteCount <= source.count - expected else {
                throw StorageError(
                    .truncated, file: name, offset: source.count, item: tensor.name,
                    "the tensor takes \(tensor.byteCount) bytes from byte \(expected), but the file ends before that",
                    remedy: Self.damaged)
            }
            expected += tensor.byteCount
        }
        guard expected == source.count else {
            throw StorageError(
                .layout, file: name, offset: expected, "\(source.count - expected) bytes follow the last tensor",
                remedy: Self.damaged)
        }
    }

    private func malformed(_ item: String, _ message: String) -> StorageError {
        StorageError(
            .malformed, file: name, offset: headerOffset(of: item), item: item, message, remedy: Self.damaged)
    }

    /// Where a name stands in the header, for messages; its beginning if the name is written with escapes.
    private func headerOffset(of item: String) -> Int {
        let pattern = JSON.string(item).utf8()
        return source.withBytes(8..<headerEnd) { bytes in
            var position = 0
            while position + pattern.count <= bytes.count {
                if bytes[position..<position + pattern.count].elementsEqual(pattern) { return 8 + position }
                position += 1
            }
            return 8
        }
    }
}
