import Architectures
import Inference
import Language
import Plots
import Scoring
import Surgery

/// `prune MODEL keep PLAN`: removes experts for good.
enum Prune: Command {
    static let signature = Signature(
        "prune", "removes experts for good, and numbers the rest anew",
        docs: """
            Tensors, biases and router rows are sliced together, masks and interventions renumbered; not a bit of what \
            stays changes. Without `keep` or `drop` the present restriction is made to last.
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [Parameter("layers", .any, "a model, or some of its layers")], labels: ExpertChoice.labels,
        result: "the model without the experts",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            prune m drop [0, 7]
            m.layers[2].experts[0]
            """
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let choice = try ExpertChoice(try call.required("layers"))
        let owner = choice.owner
        let plan =
            call.labels.isEmpty
            ? try restriction(choice, call) : try choice.plan(call, in: session)
        let edit = try Pruning.prune(owner.model, keep: plan)
        for note in edit.notes { session.output.notice(note) }
        if !plan.isUniform {
            session.warn("layers keep different numbers of experts, which GGUF cannot hold; save will refuse it")
        }
        let lost = owner.model.interventions.count - edit.model.interventions.count
        if lost > 0 { session.warn("\(lost) edits of experts that are gone went with them") }
        let original = owner.originalExperts.enumerated().map { layer, row in
            edit.originalExperts?[layer].map { $0.map { row[$0] } } ?? row
        }
        let summary = effect(owner.model, edit.model, plan)
        let edited = owner.edited(
            edit.model, EditRecord(command: call.text, effect: summary), in: session, originalExperts: original)
        return Outcome(.object(shown(owner, edited, summary)), edited: .object(edited))
    }

    private static func restriction(_ choice: ExpertChoice, _ call: Invocation) throws -> Plan {
        guard choice.isWhole, choice.owner.model.keptExperts.contains(where: { $0 != nil }) else {
            throw LanguageError(
                .missingArgument, "there is no restriction to make last",
                help: "Say what stays: prune m keep plan.")
        }
        return try Plan(restrictionOf: choice.owner.model)
    }

    private static func effect(_ before: Model, _ after: Model, _ plan: Plan) -> String {
        let dropped = plan.kept.indices.reduce(0) { $0 + plan.dropped($1).count }
        return "prune \(dropped) experts, \(counts(plan)) a layer stay: "
            + "\(NumberText.bytes(before.byteCount)) to \(NumberText.bytes(after.byteCount))"
    }

    private static func counts(_ plan: Plan) -> String {
        let (least, most) = (plan.keptCounts.min() ?? 0, plan.keptCounts.max() ?? 0)
        return least == most ? "\(least)" : "\(least)–\(most)"
    }

    private static func shown(_ before: ModelValue, _ after: ModelValue, _ summary: String) -> TableValue {
        let sizes = [before, after].map { ModelSize($0.model) }
        let experts = [before, after].map { model in
            model.model.blueprint.layers.reduce(0) { $0 + $1.expertCount }
        }
        let row = { (name: String, values: [Int]) -> [ValueTable.Cell] in
            [.text(name), .bytes(values[0]), .bytes(values[1])]
        }
        return TableValue(
            typeName: "pruning", title: summary,
            rows: ValueTable(
                columns: ["part", "before", "after"],
                rows: ModelSize.Group.allCases.map { group in row(group.rawValue, sizes.map { $0.bytes[group] ?? 0 }) }
                    + [row("all weights", sizes.map(\.totalBytes))]
                    + [[.text("experts in all"), .integer(experts[0]), .integer(experts[1])]]))
    }
}
