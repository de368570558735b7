import Language

/// `prob ANSWER`: how likely the model finds one next token.
enum Prob: Command {
    static let signature = Signature(
        "prob", "the probability of the answer as the next token",
        docs: "The answer is a text of one token, or a token id. Without one, each run's corpus item names it.",
        category: .metric,
        parameters: [Parameter("answer", .any, "a text of one token, or its id", optional: true)],
        labels: MetricArguments.labels, result: "a metric, a probability, higher is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            measure prob " Mary" on clean
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let arguments = MetricArguments(call)
        return try arguments.metric(.probability(arguments.answer("answer")))
    }
}
