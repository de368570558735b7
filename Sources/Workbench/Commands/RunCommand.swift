import Architectures
import Inference
import Language
import Scoring
import Surgery
import Tensors
import Tokenizers

/// `run MODEL TEXT`: a forward pass whose every site can be looked at.
enum RunCommand: Command {
    static let signature = Signature(
        "run", "runs a model over a text, token ids or the items of a corpus",
        docs: """
            A run remembers the model version it was made with. Any site can be had from it by its TransformerLens name: \
            `clean["blocks.2.attn.hook_z"]`.

            Over a corpus it holds a run for each item; `corrupt` takes the items' corrupted prompts.
            """,
        category: Shelf.experiments,
        parameters: [
            Parameter("model", .any, "the model"), Parameter("text", .any, "a text, a list of token ids, or a corpus"),
        ],
        labels: [Label("corrupt", docs: "the corrupted prompts of the corpus' items")],
        result: "a run",
        examples: [
            "m = open \"examples/models/teach-gptoss-bf16.gguf\"\nclean = run m \"When Mary and John went to the store, John gave a drink to\"\nclean.logits"
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.required("model").asObject(ModelValue.self, "model")
        let argument = try call.required("text")
        if case .object(let object) = argument.value, let corpus = object as? CorpusValue {
            return Outcome(.object(try run(model, over: corpus, isCorrupt: call.has("corrupt"), session)))
        }
        let tokens = try session.tokens(argument, for: model)
        let title: String
        if case .text(let text) = argument.value { title = text.debugDescription } else { title = "token ids" }
        try model.model.checkInterventions(length: tokens.count)
        let run = try session.engine.run(model.model, tokens: tokens)
        return Outcome(.object(RunValue(model, runs: [run], title: title)))
    }

    private static func run(
        _ model: ModelValue, over corpus: CorpusValue, isCorrupt: Bool, _ session: Session
    ) throws -> RunValue {
        let tokens = try corpus.tokens(for: model)
        let items = tokens.items
        var runs: [Run] = []
        for (index, item) in items.enumerated() {
            session.output.progress(Progress(task: "run", done: index, total: items.count, unit: "items"))
            let tokens = isCorrupt ? try item.corruptTokens(in: tokens.name) : item.tokens
            try model.model.checkInterventions(length: tokens.count)
            runs.append(try session.engine.run(model.model, tokens: tokens))
        }
        let name = isCorrupt ? "corrupted \(tokens.name)" : tokens.name
        return RunValue(model, runs: runs, items: items, title: name)
    }
}

extension Session {
    /// The token ids that an argument means: a text through the model's tokenizer, ids as they stand.
    func tokens(_ argument: BoundArgument, for model: ModelValue) throws -> [Int] {
        switch argument.value {
        case .text(let text): return try model.checkpoint.tokenizer().encode(text)
        case .object(let object):
            if let tokens = object as? TokensValue { return tokens.ids }
            if let run = object as? RunValue { return try run.single("its tokens").tokens }
            throw LanguageError.wrongKind(argument.value, wanted: "a text or token ids", span: argument.span)
        default: return try argument.asIntegers()
        }
    }
}
