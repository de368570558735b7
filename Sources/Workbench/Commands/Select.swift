import Language
import Scoring

/// `select SCORES top N per layer`: which experts to keep.
enum Select: Command {
    private static let perLayer = Label("per", Parameter("part", .choice(["layer"])), docs: "of each layer")

    static let signature = Signature(
        "select", "selects the experts to keep: so many a layer, a share, or what fits a budget",
        docs: """
            A budget counts the whole model, from its tensors; every layer keeps as many, unless `uneven` takes experts by \
            score per byte across layers, which few file formats can hold. Never fewer are kept than a token uses.
            """,
        category: Shelf.compression, parameters: [Parameter("scores", .any, "scores of a model's experts")],
        labels: [
            Label("top", Parameter("count", .integer), labels: [perLayer], docs: "so many a layer"),
            Label(
                "budget", Parameter("bytes", .number(.bytes)), docs: "as many as fit, the rest of the model included"),
            Label(
                "fraction", Parameter("share", .number(.fraction)), labels: [perLayer], docs: "this share, rounded up"),
            Label("floor", Parameter("count", .integer), labels: [perLayer], docs: "the least to keep in a layer"),
            Label("uneven", docs: "lets layers keep different numbers under a budget"),
        ],
        result: "a plan",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            scores = score m.experts by router-norm
            plan = select scores top 12 per layer
            plan.dropped
            select scores budget 22MiB floor 4 per layer
            select scores fraction 75%
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let scores = try call.required("scores").asObject(ScoresValue.self, "scores")
        let given = call.labels.filter { ["top", "budget", "fraction"].contains($0.name) }
        guard let amount = given.first, given.count == 1, let number = amount.arguments.first else {
            throw LanguageError(
                .missingArgument, "`select` takes one of top, budget and fraction", help: "usage: \(signature.usage)",
                span: given.dropFirst().first?.span)
        }
        guard !call.has("uneven") || amount.name == "budget" else {
            throw LanguageError(.unknownLabel, "uneven goes with a budget", span: call.label("uneven")?.span)
        }
        let size: Scores.Amount =
            switch amount.name {
            case "top": .top(try number.asInteger(in: 1...Int.max))
            case "budget": .budget(try bytes(number))
            default: .fraction(try number.asNumber().value)
            }
        let floor = try call["floor"]?.asInteger(in: 0...Int.max) ?? 0
        let plan = try scores.scores.select(
            size, of: scores.owner.model, isUniform: !call.has("uneven"), floor: floor)
        if !plan.isUniform { session.warn("layers keep different numbers of experts, which GGUF cannot hold") }
        return Outcome(.object(PlanValue(plan, for: scores.owner)))
    }

    private static func bytes(_ argument: BoundArgument) throws -> Int {
        let value = try argument.asNumber().value.rounded(.down)
        guard value >= 0, value < 9e18 else {
            throw LanguageError(.index, "this is no size in bytes", help: "Write a size: 10.4GiB.", span: argument.span)
        }
        return Int(value)
    }
}
