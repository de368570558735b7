import Architectures
import Inference
import Kernels
import Language
import Scoring
import Storage

/// `compare MODEL to BASE over CORPUS`: how far a model has moved.
enum Compare: Command {
    static let signature = Signature(
        "compare", "compares a model to another over a text",
        docs: """
            Perplexity and its ratio, the divergence KL(base ‖ model) with quantiles, the share of positions with the same \
            first choice, the share of the base's chosen experts that the model chooses too, by their original numbers, and \
            bytes.

            `precision` and `kv` have the model run so, while the base runs as the session is set: what a cache costs is \
            `compare m to m over held kv q4_0`, what 8-bit activations cost `compare m to m over held precision fast`.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("to", Parameter("base"), docs: "the model it is held against", required: true),
            Label("over", Parameter("corpus"), docs: "the text", required: true),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
            Label(
                "precision", Parameter("name", .choice(Precision.allCases.map(\.rawValue))),
                docs: "what the model's activations are, as in `set precision`"),
            CacheChoice.label,
        ],
        result: "a comparison",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            base = m
            held = corpus "examples/models/heldout.txt"
            prune m drop [5]
            c = compare m to base over held[0:2]
            c.ratio
            """,
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt"
            compare m to m over held[0:1] kv q8_0 until 64 then q4_0
            """,
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        guard let to = call["to"] else {
            throw LanguageError(.missingArgument, "`compare` needs `to`", help: "usage: \(signature.usage)")
        }
        let base = try to.asObject(ModelValue.self, "model")
        let corpus = try call.windows(for: model)
        guard try base.checkpoint.archive.path == model.checkpoint.archive.path || call.windows(for: base) == corpus
        else {
            throw LanguageError(
                code: "compare.tokens", "\(model.title) and \(base.title) read the text as different tokens",
                help: "Compare models of one tokenizer.", span: to.span)
        }
        let engine = session.engine.under(try call.arithmetic(in: session))
        let comparison = try Comparison.measure(
            model.model, to: base.model, over: corpus, engine: engine, baseEngine: session.engine,
            experts: numbering(model, base),
            firstToken: try model.windowStart(), progress: session.progress("compare", corpus))
        return Outcome(
            .object(
                ComparisonValue(
                    comparison: comparison, corpus: corpus.name, model: model.title, arithmetic: engine.arithmetic,
                    base: base.title, baseArithmetic: session.engine.arithmetic,
                    isCoded: model.model.tensors.values.contains(where: engine.compute.takesCodedVectors))))
    }

    /// For each layer, the base's number of each of the model's experts; −1 where the base has it no more.
    private static func numbering(_ model: ModelValue, _ base: ModelValue) -> [[Int]?] {
        model.originalExperts.enumerated().map { layer, row in
            guard base.originalExperts.indices.contains(layer) else { return nil }
            let places = Dictionary(uniqueKeysWithValues: base.originalExperts[layer].enumerated().map { ($1, $0) })
            return row.map { places[$0] ?? -1 }
        }
    }
}
