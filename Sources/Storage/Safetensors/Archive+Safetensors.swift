import Documents

extension Archive {
    /// Opens a single safetensors file; one that an index beside it counts among its shards opens all of them.
    static func openSafetensors(_ file: MappedFile) throws(StorageError) -> Archive {
        let folder = FolderName(containing: file.path)
        if ShardName(path: file.path, suffix: ".safetensors") != nil, folder.has(CheckpointFolder.indexName) {
            return try CheckpointFolder(folder).open(as: file.path)
        }
        let contents = try SafetensorsReader.read(file, name: file.path)
        var configuration = JSON?.none
        if folder.has(CheckpointFolder.configurationName) {
            configuration = try folder.json(CheckpointFolder.configurationName)
        }
        return try Archive(
            path: file.path, container: .safetensors, files: [file], headerTexts: contents.texts,
            configuration: configuration, folder: folder.path, tensors: contents.tensors)
    }

    /// Opens a Hugging Face folder.
    static func openFolder(_ path: String) throws(StorageError) -> Archive {
        try CheckpointFolder(FolderName(path: path)).open(as: path)
    }

    /// The bytes of a file beside the tensors, such as `tokenizer.json`; nil if there is none, and for GGUF.
    ///
    /// - Throws: `StorageError` `.unreadable`.
    public func companion(_ name: String) throws(StorageError) -> [UInt8]? {
        guard let folder = folder.map(FolderName.init(path:)), folder.has(name) else { return nil }
        let file = try MappedFile(path: folder.appending(name))
        return file.withBytes(0..<file.count) { Array($0) }
    }
}
