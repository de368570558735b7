import Architectures
import Language

/// `convert "IN" to "OUT"`: a checkpoint in another container.
enum Convert: Command {
    static let signature = Signature(
        "convert", "writes a checkpoint in another container, every weight as it is",
        docs: """
            As `open` followed by `save`, without a variable. From GGUF to a Hugging Face folder, names, axes and \
            interleaving become the family's there, config.json and tokenizer are made from the metadata, and MXFP4 blocks \
            are rearranged; and the other way round. No weight changes its value, and converting back gives each tensor's \
            bits again. What the other container cannot hold is refused by name, with what to do about it.
            """,
        category: Shelf.compression, effect: .writesFile,
        parameters: [Parameter("path", .text, "the file or folder to read")],
        labels: [
            Label("to", Parameter("target", .text), docs: "a file named .gguf, or a folder", required: true)
        ],
        result: "what was written",
        examples: ["dry-run convert \"examples/models/teach-gptoss-bf16.gguf\" to \"teach-gptoss/\""])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let source = try call.required("path").asText()
        guard let argument = call["to"] else {
            throw LanguageError(.missingArgument, "`convert` needs `to`", help: "usage: \(signature.usage)")
        }
        let container = try SaveTarget.container(of: argument, as: nil)
        let checkpoint = try Checkpoint.open(session.resolved(source))
        let target = try SaveTarget(checkpoint.model, from: checkpoint, as: container, path: try argument.asText())
        guard call.prefix != .dryRun else { return Outcome(.object(target.planned)) }
        return Outcome(.object(try target.write(task: "convert", of: source, in: session)))
    }
}
