import Language

/// What the metrics of a next token have in common: answers, and where to read.
struct MetricArguments {
    static let labels = [
        Label(
            "at", Parameter("position", .integer), docs: "where to read the next token, instead of the last position"),
        Label("first-tokens", docs: "of answers from a corpus, their first tokens"),
    ]

    private let call: Invocation

    init(_ call: Invocation) { self.call = call }

    /// The answer of a parameter; of the run's items where it is left out.
    /// - Throws: `LanguageError` for what is neither text nor id, or `first-tokens` beside a text.
    func answer(_ name: String) throws(LanguageError) -> MetricValue.Answer {
        guard let argument = call.argument(name) else { return call.has("first-tokens") ? .firstOfItem : .ofItem }
        if let label = call.label("first-tokens") {
            throw LanguageError(
                code: "metric.first", "`first-tokens` is for answers from a corpus, and this answer is named",
                help: "Leave out the answer, or `first-tokens`.", span: label.span)
        }
        if case .number = argument.value { return .id(try argument.asInteger(in: 0...Int.max)) }
        return .text(try argument.asText())
    }

    /// The metric, at the position that the call names.
    func metric(_ kind: MetricValue.Kind) throws(LanguageError) -> Outcome {
        Outcome(.object(MetricValue(kind: kind, position: try call["at"]?.asInteger())))
    }
}
