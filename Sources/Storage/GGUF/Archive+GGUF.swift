extension Archive {
    /// Opens a GGUF file, and its siblings if it is split.
    static func openGGUF(_ file: MappedFile) throws(StorageError) -> Archive {
        let first = try GGUFReader.read(file, name: file.path)
        let shards = try first.metadata.shardCount(file.path)
        guard shards > 1 else {
            var metadata = first.metadata
            metadata.removeShardKeys()
            return try Archive(
                path: file.path, container: .gguf(version: first.version), files: [file], metadata: metadata,
                alignment: first.alignment, tensors: first.tensors)
        }
        return try openShards(of: file, count: shards)
    }

    /// All shards are opened from the first one on, whichever was named.
    private static func openShards(of named: MappedFile, count: Int) throws(StorageError) -> Archive {
        guard let name = ShardName(path: named.path, suffix: ".gguf"), name.count == count else {
            throw StorageError(
                .shard, file: named.path, "it is one of \(count) shards, but is not named NAME-00001-of-0000N.gguf",
                remedy: "give the shards the names they were made with")
        }
        var files: [MappedFile] = []
        var parts: [GGUFFile] = []
        for number in 1...count {
            let path = name.path(number)
            let file: MappedFile
            do {
                file = number == name.number ? named : try MappedFile(path: path)
            } catch {
                guard error.kind == .notFound else { throw error }
                throw StorageError(
                    .shard, file: path, "shard \(number) of \(count) is missing", remedy: "put it beside the others")
            }
            let part = try GGUFReader.read(file, name: path, file: number - 1)
            guard try part.metadata.shardCount(path) == count, part.metadata["split.no"]?.integer == number - 1 else {
                throw StorageError(
                    .shard, file: path, item: "split.no",
                    "the file does not say that it is shard \(number) of \(count)",
                    remedy: "the shards do not belong together: download them again")
            }
            files.append(file)
            parts.append(part)
        }
        return try merge(parts, files: files, path: named.path)
    }

    private static func merge(
        _ parts: [GGUFFile], files: [MappedFile], path: String
    ) throws(StorageError) -> Archive {
        let tensors = parts.flatMap(\.tensors)
        var metadata = parts[0].metadata
        guard metadata["split.tensors.count"]?.integer == tensors.count else {
            throw StorageError(
                .shard, file: files[0].path, item: "split.tensors.count",
                "the shards hold \(tensors.count) tensors together, not as many as announced",
                remedy: "the shards do not belong together: download them again")
        }
        metadata.removeShardKeys()
        return try Archive(
            path: path, container: .gguf(version: parts[0].version), files: files, metadata: metadata,
            alignment: parts[0].alignment, tensors: tensors)
    }
}

extension Metadata {
    /// How many shards the file belongs to; 1 if it does not say.
    fileprivate func shardCount(_ path: String) throws(StorageError) -> Int {
        guard let value = self["split.count"] else { return 1 }
        guard case .uint16(let count) = value else {
            throw StorageError(
                .malformed, file: path, item: "split.count", "the number of shards is a \(value.type.name), not a u16",
                remedy: GGUFReader.damaged)
        }
        return Swift.max(1, Int(count))
    }

    fileprivate mutating func removeShardKeys() {
        for key in ["split.no", "split.count", "split.tensors.count"] { self[key] = nil }
    }
}
