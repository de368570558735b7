/// Writes a GGUF checkpoint as several files, as llama.cpp's gguf-split does: all metadata in the first, its number and how
/// many there are in each.
/// - Source: llama.cpp, `tools/gguf-split/gguf-split.cpp`.
public struct GGUFSplitWriter: Sendable {
    /// When the next file begins.
    public enum Limit: Sendable {
        /// Tensors of a file take at most so many bytes, padding included, unless one tensor alone takes more.
        case bytes(Int)
        /// A file holds so many tensors.
        case tensors(Int)
    }

    /// The checkpoint in one piece.
    public let whole: GGUFWriter
    public let limit: Limit

    public init(_ whole: GGUFWriter, limit: Limit) {
        self.whole = whole
        self.limit = limit
    }

    /// The path of each file and what it holds.
    /// - Parameter prefix: a path; `-00001-of-0000N.gguf` is put behind it.
    /// - Throws: `StorageError` `.inexpressible` for more files than the format can number.
    public func shards(_ prefix: String) throws(StorageError) -> [(path: String, file: GGUFWriter)] {
        let groups = try groups(prefix)
        guard groups.count <= Int(UInt16.max) else {
            throw StorageError(
                .inexpressible, file: prefix, "it would be \(groups.count) files, and GGUF counts up to \(UInt16.max)",
                remedy: "let a file hold more")
        }
        return groups.enumerated().map { index, tensors in
            var metadata = index == 0 ? whole.metadata : Metadata()
            metadata["split.no"] = .uint16(UInt16(index))
            metadata["split.count"] = .uint16(UInt16(groups.count))
            metadata["split.tensors.count"] = .int32(Int32(clamping: whole.tensors.count))
            let name = ShardName(prefix: prefix, number: index + 1, count: groups.count, suffix: ".gguf")
            return (
                name.path(index + 1), GGUFWriter(metadata: metadata, tensors: tensors, version: whole.version)
            )
        }
    }

    /// Writes the files; none gets its name before all are complete.
    ///
    /// - Parameter progress: told now and then how many bytes are done, and of how many.
    /// - Returns: paths and lengths in bytes.
    /// - Throws: those of `GGUFWriter` and of `shards`.
    @discardableResult
    public func write(
        to prefix: String, calls: FileCalls = .system, progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> [(path: String, byteCount: Int)] {
        let shards = try shards(prefix)
        var frames: [GGUFWriter.Frame] = []
        for (path, file) in shards { frames.append(try file.frame(path)) }
        let total = frames.reduce(0) { $0 + $1.byteCount }
        var done = 0
        let targets = zip(shards, frames).map { ($0.path, $1.byteCount) }
        try AtomicFile.writeTogether(targets, calls: calls) { file, index in
            let before = done
            if let progress { file.progress = { progress(before + $0, total) } }
            try shards[index].file.append(to: &file, in: frames[index])
            done += file.count
        }
        return targets
    }

    private func groups(_ prefix: String) throws(StorageError) -> [[TensorPlan]] {
        let frame = try whole.frame(prefix)
        var groups: [[TensorPlan]] = [[]]
        var bytes = 0
        for (plan, byteCount) in zip(whole.tensors, frame.layout.byteCounts) {
            let padded = GGUFReader.aligned(byteCount, frame.alignment).partialValue
            let isFull =
                switch limit {
                case .bytes(let most): padded > most - bytes
                case .tensors(let most): groups[groups.count - 1].count >= most
                }
            if isFull, !groups[groups.count - 1].isEmpty {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(plan)
            bytes += padded
        }
        return groups
    }
}
