import Language
import Storage

extension Invocation {
    /// The path that a parameter names, as written and as the process sees it.
    /// - Throws: `LanguageError` for what no file can be called.
    func path(_ parameter: String, in session: Session) throws(LanguageError) -> (written: String, resolved: String) {
        try Self.path(try required(parameter), session)
    }

    /// The path behind a label.
    /// - Throws: `LanguageError` if the label is missing, or for what no file can be called.
    func path(label: String, in session: Session) throws(LanguageError) -> (written: String, resolved: String) {
        guard let argument = self[label] else {
            throw LanguageError(
                .missingArgument, "\(signature.name) does not know where to write",
                help: "Say so with \(label) \"NAME\".")
        }
        return try Self.path(argument, session)
    }

    private static func path(
        _ argument: BoundArgument, _ session: Session
    ) throws(LanguageError) -> (written: String, resolved: String) {
        let path = try argument.asText()
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw LanguageError(
                code: "file.name", path.isEmpty ? "the name of the file is empty" : "no file's name holds a zero byte",
                help: "Name a file.", span: argument.span)
        }
        return (path, session.resolved(path))
    }

    /// Opens what must be GGUF.
    /// - Throws: `StorageError`; `LanguageError` for another container.
    func ggufArchive(_ path: String, _ written: String) throws -> Archive {
        let archive = try Archive.open(path)
        guard archive.container != .safetensors else {
            throw LanguageError(
                code: "\(signature.name).container", "\(written) is not a GGUF file",
                help: "Hugging Face folders are written in shards by themselves.", span: argument("file")?.span)
        }
        return archive
    }
}

extension BoundArgument {
    /// A whole number from 1 on: of bytes, of tensors.
    func positiveInteger() throws(LanguageError) -> Int {
        guard case .number(let number) = value, number.value >= 1, number.value < 9e18 else {
            throw LanguageError(.wrongKind, "it must be at least 1", span: span)
        }
        return Int(number.value)
    }
}

extension Session {
    /// Shows how much of a file is written.
    func savingProgress(_ task: String) -> (_ done: Int, _ total: Int) -> Void {
        { [output] done, total in
            output.progress(Progress(task: task, done: done >> 20, total: total >> 20, unit: "MiB"))
        }
    }
}
