import Architectures
import Documents
import Foundation
import Inference
import Language
import Storage

/// A file or folder that a model is about to be written as.
struct SaveTarget {
    /// The kinds of container, by the words that name them.
    enum Container: String, CaseIterable {
        case gguf, hf
    }

    let container: Container
    /// As written in the command.
    let path: String
    let tensors: [TensorPlan]
    private let writing: (String, ((Int, Int) -> Void)?) throws -> Int

    /// Works out what would be written.
    /// - Throws: `BindingError` naming what the container cannot carry.
    init(_ model: Model, from checkpoint: Checkpoint, as container: Container, path: String) throws {
        self.container = container
        self.path = path
        switch container {
        case .gguf:
            let writer = try CheckpointWriter(model, from: checkpoint)
            tensors = writer.file.tensors
            writing = { try writer.file.write(to: $0, progress: $1) }
        case .hf:
            let writer = try FolderWriter(model, from: checkpoint)
            tensors = writer.folder.tensors
            writing = { try writer.folder.write(to: $0, progress: $1) }
        }
    }

    /// What a dry run shows.
    var planned: SavedFileValue { SavedFileValue(path: path, tensors: tensors) }

    /// Writes it, whole or not at all.
    func write(task: String, in session: Session) throws -> SavedFileValue {
        let target = session.resolved(path)
        let bytes = try writing(target) { done, total in
            session.output.progress(Progress(task: task, done: done >> 20, total: total >> 20, unit: "MiB"))
        }
        let digest = try container == .gguf ? ValueDigest.ofFile(target) : ValueDigest.ofFolder(target)
        return SavedFileValue(path: path, tensors: tensors, byteCount: bytes, digest: digest)
    }

    /// The container that a path's ending and a command's word for it ask for: `.gguf`, or a folder.
    /// - Throws: `LanguageError` where they contradict each other or the ending is another's.
    static func container(of argument: BoundArgument, as word: BoundArgument?) throws -> Container {
        let path = try argument.asText()
        let wanted = try word.flatMap { Container(rawValue: try $0.asText()) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let isFolder = path.hasSuffix("/")
        if !isFolder, name.hasSuffix(".gguf") {
            guard wanted != .hf else {
                throw refusal("a Hugging Face folder is not named .gguf", "Name it \(path.dropLast(5)).", argument)
            }
            return .gguf
        }
        if !isFolder, let ending = ending(of: name) {
            let stem = path.dropLast(ending.count + 1)
            throw refusal(
                "models are written as GGUF files or Hugging Face folders, and \(path) is named otherwise",
                "Name it \(stem).gguf, or \(stem) for a folder.", argument)
        }
        guard wanted != .gguf else {
            throw refusal("a GGUF file's name ends in .gguf", "Name it \(path).gguf.", argument)
        }
        return .hf
    }

    private static func refusal(_ message: String, _ help: String, _ argument: BoundArgument) -> LanguageError {
        LanguageError(code: "save.name", message, help: help, span: argument.span)
    }

    /// What follows the last dot, if it looks like a kind of file: letters only, unlike the end of `Qwen3-0.6B`.
    private static func ending(of name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        let ending = name[name.index(after: dot)...]
        return !ending.isEmpty && ending.allSatisfy { $0.isASCII && $0.isLetter } ? String(ending) : nil
    }
}

extension ValueDigest {
    /// A digest of the names and contents of a folder's files, in the order of their names.
    /// - Throws: `StorageError` if one cannot be read.
    static func ofFolder(_ path: String) throws -> String {
        var digest = ValueDigest()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] {
            digest.mix(name)
            digest.mix(try ofFile(path + "/" + name))
        }
        return digest.text
    }
}
