import Language

extension Label {
    /// `measure METRIC [over CORPUS] [raw]`, which keeps an edit from rebinding.
    static func measure(_ inner: Label...) -> Label {
        Label(
            "measure", parameters: [Parameter("metric", .metric, "what to measure")], labels: inner,
            docs: "only measures; with `each` an array shaped like the selection", keepsVariable: true)
    }
}

extension BoundLabel {
    /// The metric of a `measure` label.
    func metric() throws(LanguageError) -> MetricValue {
        guard let argument = arguments.first else {
            throw LanguageError(.missingArgument, "`measure` needs a metric", span: span)
        }
        return try argument.asObject(MetricValue.self, "metric")
    }
}
