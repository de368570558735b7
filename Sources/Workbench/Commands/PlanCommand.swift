import Language

/// `plan "FILE"`: a plan from a file, or by hand.
enum PlanCommand: Command {
    static let signature = Signature(
        "plan", "reads a plan from its file, or makes one by hand",
        docs: """
            `plan "plan.json"` reads what `export plan "plan.json"` wrote. `plan m drop [[0, 7], [3]]` makes one by hand, a \
            row a layer with experts; one row goes for every layer.
            """,
        category: Shelf.compression,
        parameters: [Parameter("source", .any, "a plan's file, or a model or some of its layers")],
        labels: ExpertChoice.labels, result: "a plan",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            p = plan m drop [0, 7]
            p.counts
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let source = try call.required("source")
        guard case .text(let path) = source.value else {
            let choice = try ExpertChoice(source)
            return Outcome(.object(PlanValue(try choice.plan(call, in: session), for: choice.owner)))
        }
        guard call.labels.isEmpty else {
            throw LanguageError(
                .unknownLabel, "a plan from a file is complete", help: "Leave out \(call.labels[0].name).",
                span: call.labels[0].span)
        }
        let text = try TextFile.read(session.resolved(path))
        return Outcome(.object(try PlanValue(reading: text, name: path)))
    }
}
