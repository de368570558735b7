import Documents

/// A Hugging Face folder: `config.json`, one safetensors file or an index over several, and the tokenizer's files.
struct CheckpointFolder {
    static let configurationName = "config.json"
    static let indexName = "model.safetensors.index.json"
    static let singleName = "model.safetensors"

    let folder: FolderName

    init(_ folder: FolderName) { self.folder = folder }

    /// Opens all of it. A single file wins over an index, as in transformers.
    func open(as path: String) throws(StorageError) -> Archive {
        guard folder.has(Self.configurationName) else { throw noConfiguration() }
        let configuration = try folder.json(Self.configurationName)
        guard configuration.asObject != nil else {
            throw StorageError(
                .malformed, file: folder.appending(Self.configurationName), offset: 0, "it is not a JSON object",
                remedy: "download the file again")
        }
        let names: [String]
        var index: [(tensor: String, file: String)] = []
        if folder.has(Self.singleName) {
            names = [Self.singleName]
        } else if folder.has(Self.indexName) {
            index = try readIndex()
            names = Set(index.map(\.file)).sorted()
        } else {
            throw noTensors()
        }
        return try open(names, index: index, configuration: configuration, path: path)
    }

    private func open(
        _ names: [String], index: [(tensor: String, file: String)], configuration: JSON, path: String
    ) throws(StorageError) -> Archive {
        var files: [MappedFile] = []
        var texts: [(key: String, value: String)] = []
        var tensors: [TensorEntry] = []
        for (number, name) in names.enumerated() {
            guard folder.has(name) else {
                throw StorageError(
                    .shard, file: folder.appending(name), "the shard is missing: \(Self.indexName) names it",
                    remedy: "download it into the folder")
            }
            let file = try MappedFile(path: folder.appending(name))
            let contents = try SafetensorsReader.read(file, name: file.path, file: number)
            if number == 0 { texts = contents.texts }
            files.append(file)
            tensors += contents.tensors
        }
        let archive = try Archive(
            path: path, container: .safetensors, files: files, headerTexts: texts, configuration: configuration,
            folder: folder.path, tensors: tensors)
        for entry in index {
            guard let tensor = archive[entry.tensor], names[tensor.file] == entry.file else {
                throw StorageError(
                    .shard, file: folder.appending(entry.file), item: entry.tensor,
                    "\(Self.indexName) places the tensor here, but the file does not hold it",
                    remedy: "the shards do not belong together: download them again")
            }
        }
        return archive
    }

    private func readIndex() throws(StorageError) -> [(tensor: String, file: String)] {
        let path = folder.appending(Self.indexName)
        let scanned = try scanIndex(path)
        let entries = if let scanned { scanned } else { try parseIndex(path) }
        for (tensor, file) in entries {
            guard !file.isEmpty, !file.utf8.contains(UInt8(ascii: "/")), file != ".." else {
                throw StorageError(
                    .malformed, file: path, item: tensor, "the tensor's file is not a name in this folder",
                    remedy: "download the index again")
            }
        }
        return entries
    }

    private func scanIndex(_ path: String) throws(StorageError) -> [(tensor: String, file: String)]? {
        let file = try MappedFile(path: path)
        let pairs = file.withBytes(0..<file.count) { bytes in
            var scanner = HeaderScanner(bytes)
            return scanner.index()
        }
        guard let pairs, !pairs.isEmpty else { return nil }
        return pairs.map { (tensor: $0.key, file: $0.value) }
    }

    private func parseIndex(_ path: String) throws(StorageError) -> [(tensor: String, file: String)] {
        guard let map = try folder.json(Self.indexName)["weight_map"]?.asObject, !map.isEmpty else {
            throw StorageError(
                .malformed, file: path, offset: 0, item: "weight_map", "the index does not say where tensors lie",
                remedy: "download the index again")
        }
        var entries: [(tensor: String, file: String)] = []
        for member in map.members {
            guard let file = member.value.asString else {
                throw StorageError(
                    .malformed, file: path, item: member.key, "the tensor's file is not a name",
                    remedy: "download the index again")
            }
            entries.append((member.key, file))
        }
        return entries
    }

    private func noConfiguration() -> StorageError {
        let remedy =
            if let file = folder.names(endingIn: ".gguf").first {
                "open the GGUF file itself: \(folder.appending(file))"
            } else if !folder.names(endingIn: ".safetensors").isEmpty {
                "put the checkpoint's config.json beside the safetensors files"
            } else {
                "open a Hugging Face folder or a .gguf file"
            }
        return StorageError(.noConfiguration, file: folder.path, "the folder has no config.json", remedy: remedy)
    }

    private func noTensors() -> StorageError {
        let remedy =
            if !folder.names(endingIn: ".bin").isEmpty {
                "convert the checkpoint to safetensors: its weights are pickled"
            } else {
                "download the weights into the folder"
            }
        return StorageError(
            .shard, file: folder.path, "the folder has neither \(Self.singleName) nor \(Self.indexName)",
            remedy: remedy)
    }
}
