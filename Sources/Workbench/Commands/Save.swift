import Architectures
import Inference
import Kernels
import Language
import Surgery

/// `save MODEL "PATH"`: writes a GGUF file or a Hugging Face folder.
enum Save: Command {
    static let signature = Signature(
        "save", "writes a model as a GGUF file or a Hugging Face folder, whole or not at all",
        docs: """
            A name that ends in .gguf makes a GGUF file; any other makes a folder of safetensors with config.json and \
            tokenizer, which transformers and vLLM load. Without a name, `save m` proposes one that tells base, cut and types, \
            and writes nothing.

            Edits that weights say exactly are baked in: zeroed heads, channels, experts, attention and MoE outputs. Others \
            are refused by name; a restriction is made to last by `prune`. What a container cannot hold (q4_k in a folder, \
            fp8 in GGUF) is refused before anything is written. File or folder appear under their name when they are \
            complete: an interruption or a full disk leaves what stood there before. A file that is open is never written \
            to. `dry-run save …` tells what would be written.

            The file carries what `recipe` prints and `verify` compares, under keys that begin with lancet; a model that \
            nothing was done to is written byte for byte as it was.
            """,
        category: Shelf.compression, effect: .writesFile,
        parameters: [
            Parameter("model", .any, "the model"),
            Parameter("path", .text, "a file named .gguf, or a folder", optional: true),
        ],
        labels: [
            Label(
                "as", Parameter("container", .choice(SaveTarget.Container.allCases.map(\.rawValue))),
                docs:
                    "gguf or hf, where the name does not say; by default as the model was opened, hf for what only folders "
                    + "hold"),
            StackChoice.label,
        ],
        result: "what was written",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            prune m drop [5]
            save m
            dry-run save m "pruned.gguf"
            dry-run save m "pruned/"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let baked = try Baking.bake(model.model)
        if !model.model.interventions.isEmpty { session.output.notice(baked.summary) }
        guard let argument = call.argument("path") else {
            return try propose(baked.model, model, call["as"], in: session)
        }
        let container = try SaveTarget.container(of: argument, as: call["as"])
        let path = try argument.asText()
        let stacks = try StackChoice(call, baked.model, container)
        let target = try SaveTarget(
            try stacks.resolved(in: session), from: model.checkpoint, as: container, path: path,
            keepsMixedApart: stacks.keepsApart)
        guard call.prefix != .dryRun else { return Outcome(.object(target.planned)) }
        return Outcome(.object(try target.write(task: "save", of: model.path, in: session)))
    }

    /// What would be written under a name that nobody has to think up.
    private static func propose(
        _ baked: Model, _ model: ModelValue, _ word: BoundArgument?, in session: Session
    ) throws -> Outcome {
        let wanted = try word.flatMap { SaveTarget.Container(rawValue: try $0.asText()) }
        let isPacked = baked.tensors.values.contains { $0.packed != nil }
        let container = wanted ?? (model.checkpoint.naming == .gguf && !isPacked ? .gguf : .hf)
        let name = ProposedName(model).text(container)
        let target = try SaveTarget(baked, from: model.checkpoint, as: container, path: name)
        session.output.notice("nothing is written yet; to accept the name: save m \"\(name)\"")
        return Outcome(.object(target.planned))
    }
}
