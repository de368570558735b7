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

            `measure` edits nothing and tells how a metric changes. With `each` choice after choice is measured alone: one \
            expert gone after another (`prune each m.experts`, a table of layers and experts), or what `keep` and `drop` say \
            in one layer after another (`prune each m.layers keep plan`).
            """,
        category: Shelf.compression, effect: .edit,
        parameters: [
            Parameter("layers", .any, "a model, or some of its layers; with each, layers or experts", each: .before)
        ],
        labels: ExpertChoice.labels + [.measure(Label("over", Parameter("corpus"), docs: "what to measure over"))],
        result: "the model without the experts; with measure the change of the metric",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            prune m drop [0, 7]
            m.layers[2].experts[0]
            """,
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            calib = (corpus "examples/models/heldout.txt" context 64)[0:1]
            prune each m.layers[1].experts measure loss over calib
            prune each m.layers drop [0, 7] measure kl over calib
            """,
        ])

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let argument = try call.required("layers")
        if let label = call.label("measure") { return try measured(label, argument, call, session) }
        guard !argument.isEach else {
            throw LanguageError(
                .missingArgument, "`each` prunes one choice after another, and needs `measure`",
                help: "prune each … measure loss over CORPUS")
        }
        let choice = try ExpertChoice(argument)
        let owner = choice.owner
        let plan =
            call.labels.isEmpty
            ? try restriction(choice) : try choice.plan(call, in: session)
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

    static func forecast(_ call: Invocation, in session: Session) throws -> [String] {
        guard let label = call.label("measure") else { return [] }
        let choice = try PruneChoice(try call.required("layers"), call, session)
        return try sweep(choice, call).forecast(label, of: choice.owner)
    }

    private static func measured(
        _ label: BoundLabel, _ argument: BoundArgument, _ call: Invocation, _ session: Session
    ) throws -> Outcome {
        let choice = try PruneChoice(argument, call, session)
        return try sweep(choice, call).measured(label, of: choice.owner, in: session)
    }

    private static func sweep(_ choice: PruneChoice, _ call: Invocation) -> WeightSweep {
        let owner = choice.owner
        return WeightSweep(call: call, state: ("gone", "without them")) { part in
            if let part, owner.model.blueprint.layers[part.layer].expertCount == 0 { return nil }
            let plan = try choice.plan(of: part)
            // Found out before anything is run.
            let edit = try Pruning.prune(owner.model, keep: plan)
            let layers = owner.model.blueprint.expertLayers
            let first = part?.layer ?? layers.first { !plan.dropped($0).isEmpty } ?? owner.model.blueprint.layers.count
            return WeightVariant(from: first) { edit.model }
        }
    }

    /// The plan that makes the present restriction last.
    static func restriction(_ choice: ExpertChoice) throws -> Plan {
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
