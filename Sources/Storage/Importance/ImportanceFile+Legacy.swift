import Tensors

// entries i32, then for each: name length i32 · name · calls i32 · values i32 · values × F32
// last chunk i32 · dataset length i32 · dataset          (both are missing from the oldest files)
//
// A value is the mean square of the column's inputs times the calls; experts that were never used have the value `calls`.

extension ImportanceFile {
    static func readLegacy(_ source: any ByteSource, name: String) throws(StorageError) -> ImportanceFile {
        let result: Result<ImportanceFile, StorageError> = source.withBytes(0..<source.count) { bytes in
            Result { () throws(StorageError) in
                var reader = LegacyReader(cursor: ByteCursor(bytes, file: name))
                return try reader.readFile()
            }
        }
        return try result.get()
    }
}

/// Reads the fields of a legacy file, each checked against what is left.
private struct LegacyReader {
    /// Bytes of the shortest entry.
    private static let smallestEntry = 17
    var cursor: ByteCursor

    mutating func readFile() throws(StorageError) -> ImportanceFile {
        let count = try cursor.integer(Int32.self, "the number of entries")
        guard count > 0, Int(count) <= cursor.remaining / Self.smallestEntry else {
            throw StorageError(
                .unknownContainer, file: cursor.file, offset: 0,
                "it is neither a GGUF file nor llama.cpp's legacy importance matrix: as one it would have \(count) entries",
                remedy: "name a file made by imatrix, in Lancet or llama.cpp")
        }
        var entries: [ImportanceFile.Entry] = []
        var names = Set<NameBytes>()
        for index in 0..<Int(count) {
            let start = cursor.offset
            let entry = try readEntry(index)
            guard names.insert(NameBytes(entry.name)).inserted else {
                throw StorageError(
                    .duplicate, file: cursor.file, offset: start, item: entry.name, "the tensor stands twice",
                    remedy: GGUFReader.damaged)
            }
            entries.append(entry)
        }
        let (chunks, dataset) = try readEnd()
        return ImportanceFile(
            entries: entries, datasets: dataset.isEmpty ? [] : [dataset], chunkCount: chunks, chunkSize: 0)
    }

    private mutating func readEntry(_ index: Int) throws(StorageError) -> ImportanceFile.Entry {
        let name = try readText("the name of entry \(index)", minimum: 1)
        let calls = try readCount("the calls of \(name)", minimum: 0)
        let start = cursor.offset
        let count = try readCount("the number of values of \(name)", minimum: 1)
        guard count <= cursor.remaining / 4 else {
            throw malformed(start, name, "it claims \(count) values, more than the file has room for")
        }
        let first = cursor.offset
        var values: [Float] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(Float(bitPattern: try cursor.integer(UInt32.self, "a value of \(name)"))) }
        try ImportanceFile.check(values, "value", of: name, at: first, in: cursor.file)
        // llama-quantize takes the values as they are where nothing was counted.
        guard let entry = ImportanceFile.Entry(name: name, sums: values, counts: [Float(max(1, calls))]) else {
            throw malformed(start, name, "it has no values")
        }
        return entry
    }

    private mutating func readEnd() throws(StorageError) -> (chunks: Int, dataset: String) {
        guard cursor.remaining > 0 else { return (0, "") }
        let chunks = try readCount("the last chunk", minimum: 0)
        guard cursor.remaining > 0 else { return (chunks, "") }
        return (chunks, try readText("the name of the corpus", minimum: 0))
    }

    private mutating func readCount(_ what: String, minimum: Int32) throws(StorageError) -> Int {
        let start = cursor.offset
        let count = try cursor.integer(Int32.self, what)
        guard count >= minimum else { throw malformed(start, nil, "\(what) is \(count)") }
        return Int(count)
    }

    private mutating func readText(_ what: String, minimum: Int32) throws(StorageError) -> String {
        let start = cursor.offset
        let length = try readCount("the length of \(what)", minimum: minimum)
        guard length <= cursor.remaining else {
            throw malformed(start, nil, "\(what) claims \(length) bytes, more than the file has room for")
        }
        let first = cursor.offset
        try cursor.skip(length, what)
        let bytes = UnsafeRawBufferPointer(rebasing: cursor.bytes[first..<first + length])
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed(first, nil, "\(what) is not UTF-8")
        }
        return text
    }

    private func malformed(_ offset: Int, _ item: String?, _ message: String) -> StorageError {
        StorageError(
            .malformed, file: cursor.file, offset: offset, item: item, message, remedy: GGUFReader.damaged)
    }
}
