import Language
import Scoring

/// `trace MODEL over CORPUS`: which experts the tokens go to.
enum Trace: Command {
    static let signature = Signature(
        "trace", "traces routing: which experts the tokens of a corpus go to",
        docs: """
            Gives usage, gate mass, co-activation and margins, by family where the corpus has families, with entropies and \
            information in bits. Usage weighs families alike, however long their texts.
            """,
        category: Shelf.compression, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label("over", Parameter("corpus"), docs: "what to run", required: true),
            Label("context", Parameter("tokens", .integer), docs: "tokens a window has, instead of the corpus' own"),
        ],
        result: "routes: shares of choices, weights, logits and bits",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            calib = corpus ["examples/models/heldout-ioi.txt", "examples/models/heldout-json.txt"] windows 2
            routes = trace m over calib
            routes.top
            restrict-experts m drop routes.least-used[:, 0:3]
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let model = try call.model()
        let corpus = try call.windows(for: model)
        let routes = try Routes.trace(
            model.model, over: corpus, engine: session.engine, progress: session.progress("trace", corpus))
        return Outcome(.object(RoutesValue(owner: model, arithmetic: session.settings.arithmetic, routes: routes)))
    }
}
