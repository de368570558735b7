import Formats
import Tensors

// For each weight tensor NAME:
//
//   NAME.in_sum2   F32 [matrices, columns]    sums of squares
//   NAME.counts    F32 [matrices, 1]          tokens

extension ImportanceFile {
    private static let sumSuffix = ".in_sum2"
    private static let countSuffix = ".counts"
    private static let datasetsKey = "imatrix.datasets"
    private static let chunkCountKey = "imatrix.chunk_count"
    private static let chunkSizeKey = "imatrix.chunk_size"

    static func readGGUF(_ source: any ByteSource, name: String) throws(StorageError) -> ImportanceFile {
        let file = try GGUFReader.read(source, name: name)
        let metadata = file.metadata
        guard metadata["general.type"]?.text == "imatrix" else {
            throw StorageError(
                .unknownContainer, file: name, item: "general.type", "the GGUF file is not an importance matrix",
                remedy: "name a file made by imatrix, in Lancet or llama.cpp")
        }
        func count(_ key: String) throws(StorageError) -> Int {
            guard case .uint32(let number) = metadata[key] else { throw missing(key, "a u32", in: name) }
            return Int(number)
        }
        guard let datasets = metadata[datasetsKey]?.strings else { throw missing(datasetsKey, "texts", in: name) }
        return ImportanceFile(
            entries: try entries(file.tensors, name), datasets: datasets, chunkCount: try count(chunkCountKey),
            chunkSize: try count(chunkSizeKey))
    }

    private static func entries(_ tensors: [TensorEntry], _ file: String) throws(StorageError) -> [Entry] {
        var counts: [NameBytes: TensorEntry] = [:]
        for tensor in tensors where tensor.name.hasSuffix(countSuffix) {
            counts[NameBytes(String(tensor.name.dropLast(countSuffix.count)))] = tensor
        }
        var entries: [Entry] = []
        for tensor in tensors {
            if tensor.name.hasSuffix(sumSuffix) {
                let name = String(tensor.name.dropLast(sumSuffix.count))
                guard let count = counts.removeValue(forKey: NameBytes(name)) else {
                    throw unmatched(tensor, "counts of its matrices", in: file)
                }
                entries.append(try entry(name, tensor, count, file))
            } else if !tensor.name.hasSuffix(countSuffix) {
                throw unmatched(tensor, "a name that ends in \(sumSuffix) or \(countSuffix)", in: file)
            }
        }
        if let left = counts.values.min(by: { $0.offset < $1.offset }) { throw unmatched(left, "sums", in: file) }
        return entries
    }

    private static func entry(
        _ name: String, _ sums: TensorEntry, _ counts: TensorEntry, _ file: String
    ) throws(StorageError) -> Entry {
        for tensor in [sums, counts] where tensor.format != .block(.f32) {
            throw unmatched(tensor, "type f32, but \(tensor.format.name)", in: file)
        }
        let (total, overflow) = counts.elementCount.multipliedReportingOverflow(by: sums.shape.last ?? 1)
        guard !overflow, total == sums.elementCount, let sumValues = sums.floats(), let countValues = counts.floats(),
            let entry = Entry(name: name, sums: sumValues, counts: countValues)
        else { throw unmatched(sums, "a count for each matrix: \(sums.shape) and \(counts.shape)", in: file) }
        try check(sumValues, "sum", of: name, at: sums.offset, in: file)
        try check(countValues, "count", of: name, at: counts.offset, in: file)
        return entry
    }

    private static func missing(_ key: String, _ what: String, in file: String) -> StorageError {
        StorageError(
            .malformed, file: file, item: key, "an importance matrix says this as \(what)",
            remedy: "make the importance matrix again with a current llama.cpp, or with Lancet")
    }

    private static func unmatched(_ tensor: TensorEntry, _ what: String, in file: String) -> StorageError {
        StorageError(
            .malformed, file: file, offset: tensor.offset, item: tensor.name, "the tensor does not have \(what)",
            remedy: GGUFReader.damaged)
    }

    /// Writes a GGUF imatrix, whole or not at all; entries go in the order of their names, as llama.cpp writes them.
    ///
    /// - Returns: its length in bytes.
    /// - Throws: those of `GGUFWriter`.
    @discardableResult
    public func write(to path: String, calls: FileCalls = .system) throws -> Int {
        var metadata = Metadata()
        metadata["general.type"] = .string("imatrix")
        metadata[Self.datasetsKey] = .array(MetadataArray(datasets))
        metadata[Self.chunkCountKey] = .uint32(UInt32(clamping: chunkCount))
        metadata[Self.chunkSizeKey] = .uint32(UInt32(clamping: chunkSize))
        let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let tensors = sorted.flatMap { entry in
            [
                Self.plan(entry.name + Self.sumSuffix, [entry.counts.count, entry.columns], entry.sums),
                Self.plan(entry.name + Self.countSuffix, [entry.counts.count, 1], entry.counts),
            ]
        }
        return try GGUFWriter(metadata: metadata, tensors: tensors).write(to: path, calls: calls)
    }

    private static func plan(_ name: String, _ shape: [Int], _ values: [Float]) -> TensorPlan {
        TensorPlan(name: name, format: .block(.f32), shape: shape) { sink in
            let result = values.withUnsafeBytes { bytes in Result { try sink(bytes) } }
            try result.get()
        }
    }
}
