import Language

/// `show VALUE as FORM`: a value in a form of one's choice.
enum Show: Command {
    static let signature = Signature(
        "show", "shows a value as a picture, a table or JSON", category: Shelf.experiments,
        parameters: [Parameter("value", .any, "what to show")],
        labels: [Label("as", Parameter("form", .choice(ViewValue.Form.allCases.map(\.rawValue))), docs: "the form")],
        result: "the value, shown so",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            clean = run m "When Mary and John went to the store, John gave a drink to"
            show clean["blocks.3.attn.hook_pattern"][7] as heatmap
            show (top clean 5) as bars
            show (top clean 5) as csv
            show [3, 1, 4, 1, 5] as lines
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("value")
        guard let form = try call["as"].flatMap({ ViewValue.Form(rawValue: try $0.asText()) }) else {
            return Outcome(argument.value)
        }
        return Outcome(.object(try ViewValue(argument.value, as: form)))
    }
}
