import Inference
import Language
import Scoring
import Surgery

/// `restrict-experts MODEL keep PLAN`: masks experts, reversibly.
enum RestrictExperts: Command {
    static let signature = Signature(
        "restrict-experts", "masks experts, reversibly: the router chooses among the rest",
        docs: """
            The router's logits are compacted to the kept experts, then the family's own rule applies. What was masked \
            before stays masked; `all` unmasks. `prune` makes a restriction last.

            Experts are numbered as in the present version; a list goes for every layer before it, a list of lists gives a \
            row a layer.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("layers", .any, "a model, or some of its layers")],
        labels: ExpertChoice.labels + [Label("all", docs: "unmasks")], result: "the model, restricted",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            plan = select (score m.experts by router-norm) top 12 per layer
            restrict-experts m keep plan
            restrict-experts m.layers[3] drop plan.kept[3][0:2]
            restrict-experts m all
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let choice = try ExpertChoice(try call.required("layers"))
        let owner = choice.owner
        if let all = call.label("all") {
            guard !call.has("keep"), !call.has("drop") else {
                throw LanguageError(
                    .unknownLabel, "all stands alone", help: "usage: \(signature.usage)", span: all.span)
            }
            return lifted(choice, call, session)
        }
        let plan = try choice.plan(call, in: session)
        var model = owner.model
        let summary: String
        if choice.isWhole {
            let edit = try Restriction.restrict(model, keep: plan)
            (model, summary) = (edit.model, edit.summary)
        } else {
            for layer in choice.layers {
                model = try Restriction.restrict(model, layer: layer, keep: plan.kept[layer] ?? []).model
            }
            let names = choice.layers.map { "layer \($0) to \(model.keptExperts[$0]?.count ?? 0)" }
            summary = "restrict-experts of " + names.joined(separator: ", ")
        }
        let edited = owner.edited(model, EditRecord(command: call.text, effect: summary), in: session)
        return Outcome(.object(shown(edited, summary)), edited: .object(edited))
    }

    private static func lifted(_ choice: ExpertChoice, _ call: Invocation, _ session: Session) -> Outcome {
        var model = choice.owner.model
        for layer in choice.layers { model.keptExperts[layer] = nil }
        let summary = "restrict-experts: all experts of \(choice.layers.count) layers may be chosen again"
        let edited = choice.owner.edited(model, EditRecord(command: call.text, effect: summary), in: session)
        return Outcome(.object(shown(edited, summary)), edited: .object(edited))
    }

    private static func shown(_ model: ModelValue, _ summary: String) -> TableValue {
        TableValue(
            typeName: "restriction", title: summary,
            rows: ValueTable(
                columns: ["layer", "of", "may-use", "masked"],
                rows: model.model.blueprint.expertLayers.map { layer in
                    let count = model.model.blueprint.layers[layer].expertCount
                    let kept = model.model.keptExperts[layer] ?? Array(0..<count)
                    let masked = (0..<count).filter { !kept.contains($0) }
                    return [
                        .integer(layer), .integer(count), .integer(kept.count),
                        .text(masked.map(String.init).joined(separator: " ")),
                    ]
                }),
            notes: ["reversible: restrict-experts … all, or undo; prune makes it last"])
    }
}
