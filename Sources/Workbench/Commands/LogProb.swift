import Language

/// `logprob ANSWER`: how likely a next token is, on a scale that adds up.
enum LogProb: Command {
    static let signature = Signature(
        "logprob", "the natural logarithm of the answer's probability",
        docs: "The answer is a text of one token, or a token id. Without one, each run's corpus item names it.",
        category: .metric,
        parameters: [Parameter("answer", .any, "a text of one token, or its id", optional: true)],
        labels: MetricArguments.labels, result: "a metric in nats, higher is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            measure logprob " Mary" on clean
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let arguments = MetricArguments(call)
        return try arguments.metric(.logProbability(arguments.answer("answer")))
    }
}
