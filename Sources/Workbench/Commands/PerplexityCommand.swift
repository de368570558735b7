import Language
import Scoring

/// `perplexity MODEL over CORPUS`: how well a model predicts a text.
enum PerplexityCommand: Command {
    static let signature = Signature(
        "perplexity", "measures how well a model predicts a text",
        docs: """
            Counted as llama-perplexity counts: windows that do not overlap, of each the second half scored. The mean loss \
            over all positions stands beside it. In arithmetic and comparisons it is the perplexity.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("over", Parameter("corpus"), docs: "the text", required: true),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
        ],
        result: "perplexity with its standard error, lower is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt"
            p = perplexity m over held[0:4]
            p.loss
            assert p < 3 "not a trained model"
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let corpus = try call.windows(for: model)
        let perplexity = try Perplexity.measure(
            model.model, over: corpus, engine: session.engine, firstToken: try model.windowStart(),
            progress: session.progress("perplexity", corpus))
        return Outcome(
            .object(
                PerplexityValue(
                    perplexity: perplexity, corpus: corpus.name, model: model.title,
                    arithmetic: session.settings.arithmetic)))
    }
}
