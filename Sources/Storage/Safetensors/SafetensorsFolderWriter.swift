import Documents
import Tensors

/// Writes a Hugging Face folder: tensors in safetensors shards with their index, and the small files beside them.
///
/// The folder appears whole under its name: it is written beside it, put on disk and renamed. One that is there already is
/// replaced only if it is empty, or if Lancet wrote every file in it; `lancet.json`, which lists them, is how that is known.
/// - Source: huggingface_hub, `split_state_dict_into_shards_factory`.
public struct SafetensorsFolderWriter: Sendable {
    /// A small file beside the tensors, such as `config.json`.
    public struct Companion: Sendable {
        public let name: String
        public let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The tensors; shards are filled in this order.
    public var tensors: [TensorPlan]
    /// Configuration, tokenizer and what else belongs into the folder.
    public var companions: [Companion]
    /// Pairs for each shard's `__metadata__`; Hugging Face expects `format: pt`.
    public var texts: [(key: String, value: String)]
    /// Digests tensors on their way, and gives members of `lancet.json` besides the list of files, if given.
    public var seal: Seal<JSONObject>?
    /// The tensors of a shard take at most so many bytes, unless one tensor alone takes more.
    public var largestShard: Int

    /// - Parameter largestShard: in bytes; Hugging Face's usual 5 GB if not given.
    public init(
        tensors: [TensorPlan], companions: [Companion], texts: [(key: String, value: String)] = [("format", "pt")],
        largestShard: Int = 5_000_000_000
    ) {
        self.tensors = tensors
        self.companions = companions
        self.texts = texts
        self.largestShard = largestShard
    }

    /// One safetensors file of the folder.
    public struct Shard: Sendable {
        /// `model.safetensors`, or `model-00001-of-00002.safetensors`.
        public let name: String
        public let tensors: [TensorPlan]
    }

    /// What goes into which file.
    /// - Throws: `StorageError` `.duplicate`, `.inexpressible`.
    public func shards(for path: String) throws(StorageError) -> [Shard] {
        let layout = try TensorLayout(tensors, alignment: 1, file: path)
        var groups: [[TensorPlan]] = []
        var bytes = 0
        for (plan, byteCount) in zip(tensors, layout.byteCounts) {
            if groups.isEmpty || byteCount > largestShard - bytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(plan)
            bytes += byteCount
        }
        if groups.count < 2 { return [Shard(name: CheckpointFolder.singleName, tensors: tensors)] }
        return groups.enumerated().map { index, group in
            let name = ShardName(prefix: "model", number: index + 1, count: groups.count, suffix: ".safetensors")
            return Shard(name: name.path(index + 1), tensors: group)
        }
    }

    /// Writes the folder under its name, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: the folder. Its parent must be there.
    ///   - progress: told now and then how many bytes are done, and of how many.
    /// - Returns: the bytes of all its files.
    /// - Throws: `StorageError` `.exists` for a folder that holds anything Lancet did not write, `.inUse` for one whose files
    ///   are open, and those of `SafetensorsWriter`; `Interrupted`; whatever a plan throws.
    @discardableResult
    public func write(
        to path: String, calls: FileCalls = .system, progress: ((_ done: Int, _ total: Int) -> Void)? = nil
    ) throws -> Int {
        let shards = try shards(for: path)
        let index = try indexBytes(shards, path)
        let total = tensors.reduce(0) { $0 + ($1.byteCount ?? 0) }
        let digester = seal?.digester(expectedBytes: total)
        defer { digester?.stop() }
        return try AtomicFolder.write(to: path, expectedBytes: total, calls: calls) { folder in
            var done = 0
            for shard in shards {
                let writer = SafetensorsWriter(tensors: shard.tensors, texts: texts)
                let start = done
                done += try writer.write(
                    to: folder.appending(shard.name), calls: calls,
                    progress: { bytes, _ in progress?(min(total, start + bytes), total) }, digester: digester)
            }
            var small = companions
            if shards.count > 1 { small.append(Companion(name: CheckpointFolder.indexName, bytes: index)) }
            let names = shards.map(\.name) + small.map(\.name) + [AtomicFolder.listName]
            var list = JSONObject()
            if let seal, let digester { list = try seal.conclusion(digester, calls: calls) }
            list[AtomicFolder.listKey] = .array(names.sorted().map { .string($0) })
            small.append(
                Companion(name: AtomicFolder.listName, bytes: JSON.object(list).utf8() + [UInt8(ascii: "\n")]))
            for companion in small {
                let bytes = companion.bytes
                try AtomicFile.write(to: folder.appending(companion.name), expectedBytes: bytes.count, calls: calls) {
                    try $0.append(bytes)
                }
                done += bytes.count
            }
            return done
        }
    }

    private func indexBytes(_ shards: [Shard], _ path: String) throws(StorageError) -> [UInt8] {
        var map: [(tensor: String, file: String)] = []
        for shard in shards { map += shard.tensors.map { ($0.name, shard.name) } }
        map.sort { $0.tensor.utf8.lexicographicallyPrecedes($1.tensor.utf8) }
        var weights = JSONObject()
        for (tensor, file) in map where !weights.append(tensor, .string(file)) {
            throw StorageError(.duplicate, file: path, item: tensor, "two tensors have this name", remedy: "rename one")
        }
        var metadata = JSONObject()
        metadata["total_size"] = .number(JSONNumber(tensors.reduce(0) { $0 + ($1.byteCount ?? 0) }))
        var index = JSONObject()
        index["metadata"] = .object(metadata)
        index["weight_map"] = .object(weights)
        return JSON.object(index).utf8() + [UInt8(ascii: "\n")]
    }
}
