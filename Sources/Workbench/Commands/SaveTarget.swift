import Architectures
import Inference
import Language
import Storage
import Surgery

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
    private let writing: (SealedSaving, Provenance, String, ((Int, Int) -> Void)?) throws -> Int

    /// Works out what would be written.
    /// - Throws: `BindingError` naming what the container cannot carry.
    init(
        _ model: Model, from checkpoint: Checkpoint, as container: Container, path: String,
        keepsMixedApart: Bool = false
    ) throws {
        self.container = container
        self.path = path
        let archive = checkpoint.archive
        switch container {
        case .gguf:
            let file = try CheckpointWriter(
                model, from: checkpoint, fileType: Recipes.followed(by: model)?.fileType,
                keepsMixedApart: keepsMixedApart
            ).file
            tensors = file.tensors
            writing = { try $0.seal(file, $1, from: archive).write(to: $2, progress: $3) }
        case .hf:
            let folder = try FolderWriter(model, from: checkpoint).folder
            tensors = folder.tensors
            writing = { try $0.seal(folder, $1, from: archive).write(to: $2, progress: $3) }
        }
    }

    /// What a dry run shows.
    var planned: SavedFileValue { SavedFileValue(path: path, tensors: tensors) }

    /// Writes it, whole or not at all.
    /// - Parameter parent: what the model was opened from, as written.
    func write(task: String, of parent: String, in session: Session) throws -> SavedFileValue {
        let target = session.resolved(path)
        let sealing = SealedSaving()
        let provenance = Provenance(parent: parent, in: session)
        let bytes = try writing(sealing, provenance, target, session.savingProgress(task))
        return SavedFileValue(
            path: path, tensors: tensors, byteCount: bytes, digest: try sealing.digest(of: target))
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
