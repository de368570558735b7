import Foundation

extension Archive {
    /// Opens a checkpoint: a `.gguf` file (any shard of a split one), a `.safetensors` file, or a Hugging Face folder.
    ///
    /// - Throws: `StorageError`, with file, byte offset and remedy.
    /// - Complexity: O(headers); no tensor data are read and no vocabulary is parsed.
    public static func open(_ path: String) throws(StorageError) -> Archive {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw StorageError(.notFound, file: path, "there is no such file or folder", remedy: "check the path")
        }
        if isFolder.boolValue { return try openFolder(path) }
        let file = try MappedFile(path: path)
        switch firstBytes(of: file) {
        case let bytes where bytes.starts(with: Array("GGUF".utf8)): return try openGGUF(file)
        case let bytes where bytes.count == 9 && bytes[8] == UInt8(ascii: "{"): return try openSafetensors(file)
        case let bytes where path.hasSuffix(".gguf"):
            throw StorageError(
                bytes.count < 4 ? .truncated : .unknownContainer, file: path, offset: 0,
                "the file does not begin with GGUF", remedy: GGUFReader.damaged)
        case _ where path.hasSuffix(".safetensors"): return try openSafetensors(file)
        default:
            throw StorageError(
                .unknownContainer, file: path, offset: 0, "it is neither a GGUF nor a safetensors file",
                remedy: "open a .gguf file, a .safetensors file, or a Hugging Face folder")
        }
    }

    private static func firstBytes(of file: MappedFile) -> [UInt8] {
        file.withBytes(0..<min(9, file.count)) { Array($0) }
    }
}
