import Language
import Plots
import Storage

/// `split "FILE" into "PREFIX" size 2GiB`: a GGUF file as several.
enum Split: Command {
    static let signature = Signature(
        "split", "writes a GGUF file as several, as llama.cpp's gguf-split does",
        docs: """
            They are named PREFIX-00001-of-0000N.gguf and opened by the first one's name. A tensor is never cut: one that is \
            larger than the size has a file for itself. None gets its name before all are written.
            """,
        category: Shelf.compression, effect: .writesFile, parameters: [Parameter("file", .text, "a GGUF file")],
        labels: [
            Label("into", Parameter("prefix", .text), docs: "what the files' names begin with"),
            Label("size", Parameter("bytes", .number(.bytes)), docs: "the most that the tensors of a file take"),
            Label("tensors", Parameter("count", .integer), docs: "the most tensors a file holds, instead of a size"),
        ],
        result: "how many files were written",
        examples: [
            "dry-run split \"examples/models/teach-gptoss-bf16.gguf\" into \"part\" size 1MiB",
            "dry-run split \"examples/models/teach-gptoss-bf16.gguf\" into \"part\" tensors 20",
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let (path, source) = try call.path("file", in: session)
        let (prefix, target) = try call.path(label: "into", in: session)
        let limit = try limit(call)
        let archive = try call.ggufArchive(source, path)
        let writer = GGUFSplitWriter(GGUFWriter(copying: archive), limit: limit)
        let shards = try writer.shards(target)
        let size = NumberText.bytes(archive.tensorBytes)
        guard call.prefix != .dryRun else {
            return Outcome(.text("would write \(shards.count) files \(prefix)-….gguf with \(size) of tensors"))
        }
        let written = try writer.write(to: target, progress: session.savingProgress("split"))
        for (path, _) in written { session.tellWritten(path) }
        return Outcome(
            .text(
                "wrote \(written.count) files \(prefix)-….gguf, \(NumberText.bytes(written.reduce(0) { $0 + $1.byteCount }))"
            ))
    }

    private static func limit(_ call: Invocation) throws(LanguageError) -> GGUFSplitWriter.Limit {
        if let size = call["size"] {
            guard call["tensors"] == nil else {
                throw LanguageError(
                    code: "split.limit", "files are as large as a size or a number of tensors says, not both",
                    span: call["tensors"]?.span)
            }
            return .bytes(try size.positiveInteger())
        }
        if let count = call["tensors"] { return .tensors(try count.positiveInteger()) }
        throw LanguageError(
            code: "split.limit", "split does not know how much a file may hold",
            help: "Say so with size 2GiB, or tensors 100.")
    }
}
