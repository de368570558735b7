import Architectures
import Inference
import Language
import Storage
import Surgery

/// `save MODEL "FILE"`: writes a GGUF file.
enum Save: Command {
    static let signature = Signature(
        "save", "writes a model as GGUF, whole or not at all",
        docs: """
            Edits that weights say exactly are baked in: zeroed heads, channels, experts, attention and MoE outputs. Others \
            are refused by name; a restriction is made to last by `prune`. The file appears under its name when it is \
            complete: an interruption or a full disk leaves what stood there before. A file that is open is never written \
            to. `dry-run save …` tells what would be written.
            """,
        category: Shelf.compression, effect: .writesFile,
        parameters: [Parameter("model", .any, "the model"), Parameter("path", .text, "the file, named .gguf")],
        result: "what was written",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            prune m drop [5]
            dry-run save m "pruned.gguf"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let argument = try call.required("path")
        let path = try argument.asText()
        guard path.hasSuffix(".gguf") else {
            throw LanguageError(
                code: "save.name", "models are written as GGUF, and \(path) is named otherwise",
                help: "Name it \(path).gguf.", span: argument.span)
        }
        let baked = try Baking.bake(model.model)
        let writer = try CheckpointWriter(
            baked.model, from: model.checkpoint, fileType: Recipes.followed(by: baked.model)?.fileType)
        if !model.model.interventions.isEmpty { session.output.notice(baked.summary) }
        let target = session.resolved(path)
        let tensors = writer.file.tensors
        guard call.prefix != .dryRun else { return Outcome(.object(SavedFileValue(path: path, tensors: tensors))) }
        let bytes = try writer.file.write(to: target) { done, total in
            session.output.progress(Progress(task: "save", done: done >> 20, total: total >> 20, unit: "MiB"))
        }
        return Outcome(
            .object(
                SavedFileValue(path: path, tensors: tensors, byteCount: bytes, digest: try ValueDigest.ofFile(target))))
    }
}
