import Language

/// `rank ANSWER`: where one next token stands among all.
enum Rank: Command {
    static let signature = Signature(
        "rank", "how many tokens the model finds likelier than the answer",
        docs: "The answer is a text of one token, or a token id. Without one, each run's corpus item names it.",
        category: .metric,
        parameters: [Parameter("answer", .any, "a text of one token, or its id", optional: true)],
        labels: MetricArguments.labels, result: "a metric in places from the top, lower is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            measure rank " Mary" on clean
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let arguments = MetricArguments(call)
        return try arguments.metric(.rank(arguments.answer("answer")))
    }
}
