import Inference
import Language

/// Weights that a command is to change: of a model, some of its layers or experts, or tensors named by themselves.
struct WeightSelection {
    let owner: ModelValue
    let roles: [Role]
    /// Whether they were named one by one, so that nothing is left out.
    let isExplicit: Bool
    /// Whether the whole model is meant.
    let isWhole: Bool

    private init(_ owner: ModelValue, _ roles: [Role], isExplicit: Bool, isWhole: Bool) {
        self.owner = owner
        self.roles = roles
        self.isExplicit = isExplicit
        self.isWhole = isWhole
    }

    /// Only some of the weights.
    func limited(to roles: [Role]) -> WeightSelection {
        WeightSelection(owner, roles, isExplicit: isExplicit, isWhole: isWhole)
    }

    /// Reads an argument.
    /// - Parameter verb: The command, for messages.
    init(_ argument: BoundArgument, for verb: String) throws(LanguageError) {
        guard case .object(let object) = argument.value else {
            throw LanguageError.wrongKind(argument.value, wanted: "a model or a part of one", span: argument.span)
        }
        isWhole = object is ModelValue
        switch object {
        case let model as ModelValue:
            (owner, roles, isExplicit) = (model, Array(model.model.tensors.keys), false)
        case let weight as WeightValue:
            (owner, roles, isExplicit) = (weight.owner, weight.roles, true)
        case let weights as WeightTable:
            (owner, roles, isExplicit) = (weights.owner, weights.entries.flatMap(\.roles), false)
        case let selection as Selection where [.layers, .experts].contains(selection.unit):
            (owner, roles, isExplicit) = (selection.owner, SelectionText(selection: selection).roles, false)
        case let selection as Selection where selection.unit == .routers:
            let roles = SelectionText(selection: selection).roles.filter { $0.part == .router }
            (owner, self.roles, isExplicit) = (selection.owner, roles, true)
        default:
            throw LanguageError(
                .wrongKind, "`\(verb)` takes weights, and this is \(argument.value.kindName)",
                help: "Write a model, its layers or experts, or a tensor.", span: argument.span)
        }
    }
}
