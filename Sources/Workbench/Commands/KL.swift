import Language

/// `kl from RUN`: how far the next-token probabilities moved.
enum KL: Command {
    static let signature = Signature(
        "kl", "the Kullback-Leibler divergence of next-token probabilities, KL(reference ‖ this)",
        docs: """
            The reference is a run over as many tokens, or without `from` the model as it was opened, run over the same \
            tokens. It is the mean over all positions; `at` reads one.
            """,
        category: .metric,
        labels: [
            Label("from", Parameter("run"), docs: "what probabilities are held against"),
            Label("at", Parameter("position", .integer), docs: "the only position to read; -1 is the last"),
        ],
        result: "a metric in nats, lower is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            cut = ablate m.heads[0, 4]
            measure kl on (run cut "When Mary and John went to the store, John gave a drink to")
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let run = try call["from"]?.asObject(RunValue.self, "run")
        let position = try call["at"]?.asInteger()
        return Outcome(.object(MetricValue(kind: .divergence(from: run), position: position)))
    }
}
