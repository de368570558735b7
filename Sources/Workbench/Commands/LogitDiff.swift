import Language

/// `logit-diff RIGHT WRONG`: how far the model prefers one next token to another.
enum LogitDiff: Command {
    static let signature = Signature(
        "logit-diff", "the logit of the right next token less that of a wrong one",
        docs: """
            Each answer is a text of one token, or a token id. Without answers each run's corpus item names them; `first-tokens` \
            takes the first token of each.
            """,
        category: .metric,
        parameters: [
            Parameter("right", .any, "a text of one token, or its id", optional: true),
            Parameter("wrong", .any, "a text of one token, or its id", optional: true),
        ],
        labels: MetricArguments.labels, result: "a metric in logits, higher is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            ld = logit-diff " Mary" " John"
            measure ld on clean
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let arguments = MetricArguments(call)
        guard call.argument("right") == nil || call.argument("wrong") != nil else {
            throw LanguageError(
                .missingArgument, "`logit-diff` needs a wrong answer beside the right one",
                help: "logit-diff \" Mary\" \" John\"; without answers each item of the run's corpus names them")
        }
        return try arguments.metric(
            .logitDifference(answer: arguments.answer("right"), wrong: arguments.answer("wrong")))
    }
}
