import Language

/// `loss`: how badly the model predicts each next token of what it reads.
enum Loss: Command {
    static let signature = Signature(
        "loss", "the mean next-token loss over all positions", category: .metric,
        result: "a metric in nats a token, lower is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to Mary."
            measure loss on clean
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        Outcome(.object(MetricValue(kind: .loss, position: nil)))
    }
}
