import Inference
import Language
import Scoring
import Surgery

/// What `prune … measure` takes away: of experts themselves, or of each layer by `keep` or `drop`.
struct PruneChoice {
    let owner: ModelValue
    /// What `keep` and `drop` leave of every layer; nil where experts themselves go.
    private let whole: Plan?
    /// What every layer has now.
    private let present: Plan

    init(_ argument: BoundArgument, _ call: Invocation, _ session: Session) throws {
        let names = ["keep", "drop"].filter(call.has)
        if argument.isEach, try WeightSweep.checkUnit(argument, call).unit == .experts {
            guard names.isEmpty else {
                throw LanguageError(
                    .unknownLabel,
                    "`prune each` of experts takes one after another, so there is nothing to \(names[0])",
                    help: "Leave it out, or write prune each m.layers \(names[0]) ….",
                    span: call.label(names[0])?.span)
            }
            owner = try argument.asObject(Selection.self, "selection of experts").owner
            whole = nil
        } else {
            guard argument.isEach == false || !names.isEmpty else {
                throw LanguageError(
                    .missingArgument, "which experts go from each layer is not said",
                    help: "prune each m.layers drop [0, 7] measure …, or prune each m.experts measure …",
                    span: argument.span)
            }
            let choice = try ExpertChoice(argument)
            owner = choice.owner
            whole = try names.isEmpty ? Prune.restriction(choice) : choice.plan(call, in: session)
        }
        let counts = owner.model.blueprint.layers.map(\.expertCount)
        present = try Plan(kept: counts.map { $0 == 0 ? nil : Array(0..<$0) }, expertCounts: counts)
    }

    /// The plan that takes one part's experts away, or with nil all that are to go.
    func plan(of part: Selection.Part?) throws -> Plan {
        guard let part else { return whole ?? present }
        var kept = present.kept
        if let member = part.member {
            kept[part.layer] = kept[part.layer]?.filter { $0 != member }
        } else {
            kept[part.layer] = whole?.kept[part.layer]
        }
        return try Plan(kept: kept, expertCounts: owner.model.blueprint.layers.map(\.expertCount))
    }
}
