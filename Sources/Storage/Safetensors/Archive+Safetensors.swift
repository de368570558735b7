extension Archive {
    static func openSafetensors(_ file: MappedFile) throws(StorageError) -> Archive {
        throw StorageError(.unknownContainer, file: file.path, "safetensors")
    }
    static func openFolder(_ path: String) throws(StorageError) -> Archive {
        throw StorageError(.unknownContainer, file: path, "folder")
    }
}
