import Language
import Plots
import Storage

/// `join "PREFIX-00001-of-0000N.gguf" into "FILE"`: a split GGUF file as one.
enum Join: Command {
    static let signature = Signature(
        "join", "writes the files of a split GGUF as one",
        docs: """
            Tensors and metadata are carried over bit for bit, without the keys that number the files. Any one of them may be \
            named; the others must lie beside it.
            """,
        category: Shelf.compression, effect: .writesFile,
        parameters: [Parameter("file", .text, "one of the files")],
        labels: [Label("into", Parameter("file", .text), docs: "the file to write, named .gguf")],
        result: "what was written",
        examples: ["dry-run join \"examples/models/teach-gptoss-bf16.gguf\" into \"whole.gguf\""])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let (path, source) = try call.path("file", in: session)
        let (name, target) = try call.path(label: "into", in: session)
        guard name.hasSuffix(".gguf") else {
            throw LanguageError(
                code: "save.name", "what is joined is a GGUF file, and \(name) is named otherwise",
                help: "Name it \(name).gguf.", span: call["into"]?.span)
        }
        let archive = try call.ggufArchive(source, path)
        let writer = GGUFWriter(copying: archive)
        guard call.prefix != .dryRun else {
            return Outcome(
                .text(
                    "would write \(archive.files.count) files as \(name), \(NumberText.bytes(archive.tensorBytes)) of tensors"
                ))
        }
        let bytes = try writer.write(to: target, progress: session.savingProgress("join"))
        session.tellWritten(name)
        return Outcome(.text("wrote \(archive.files.count) files as \(name), \(NumberText.bytes(bytes))"))
    }
}
