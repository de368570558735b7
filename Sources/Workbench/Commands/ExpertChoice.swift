import Inference
import Language
import Scoring
import Tensors

/// What `keep` and `drop` say: a plan, or expert numbers for the layers of a selection.
struct ExpertChoice {
    let owner: ModelValue
    /// The layers it is about, all with experts.
    let layers: [Int]
    /// Whether the whole model is meant rather than some of its layers.
    let isWhole: Bool

    /// The labels that a command with a choice declares.
    static let labels: [Label] = [
        Label("keep", Parameter("experts", .any, "a plan, or experts"), docs: "a plan, or the numbers to keep"),
        Label("drop", Parameter("experts", .any, "experts"), docs: "the numbers to drop"),
    ]

    /// Reads what is to be chosen from: a model, layers, or their experts.
    init(_ argument: BoundArgument) throws {
        if case .object(let object) = argument.value, let selection = object as? Selection {
            guard [.layers, .experts, .routers].contains(selection.unit) else {
                throw LanguageError.wrongKind(argument.value, wanted: "a model or its layers", span: argument.span)
            }
            owner = selection.owner
            isWhole = false
            let blueprint = owner.model.blueprint
            layers = selection.layers.filter { blueprint.layers[$0].expertCount > 0 }
            let most = layers.map { blueprint.layers[$0].expertCount }.max() ?? 0
            guard selection.unit != .experts || selection.ordinals == Array(0..<most) else {
                throw LanguageError(
                    code: "restrict.part", "experts are named behind keep or drop, and layers before",
                    help: "Write m.layers[\(selection.layers[0])] drop \(selection.ordinals).", span: argument.span)
            }
        } else {
            owner = try argument.asObject(ModelValue.self, "model")
            layers = owner.model.blueprint.expertLayers
            isWhole = true
        }
        guard !layers.isEmpty else {
            throw LanguageError(
                code: "selection.empty", "there are no experts in it",
                help: "Layers with experts: \(owner.model.blueprint.expertLayers).", span: argument.span)
        }
    }

    /// The plan that the call's `keep` or `drop` makes; layers not spoken of keep what they may use now.
    /// - Throws: `LanguageError` for both or none of them, and for numbers that are not there.
    func plan(_ call: Invocation, in session: Session) throws -> Plan {
        guard let label = call.label("keep") ?? call.label("drop"), let argument = label.arguments.first,
            !(call.has("keep") && call.has("drop"))
        else {
            throw LanguageError(
                .missingArgument, "`\(call.signature.name)` takes either keep or drop",
                help: "usage: \(call.signature.usage)")
        }
        let counts = owner.model.blueprint.layers.map(\.expertCount)
        var kept = counts.indices.map { layer in
            counts[layer] == 0 ? nil : owner.model.keptExperts[layer] ?? Array(0..<counts[layer])
        }
        if case .object(let object) = argument.value, let plan = object as? PlanValue {
            guard label.name == "keep" else {
                throw LanguageError(
                    .wrongKind, "a plan says what to keep", help: "Write keep.", span: argument.span)
            }
            let plan = try plan.plan(for: owner, in: session)
            if isWhole { return plan }
            for layer in layers { kept[layer] = plan.kept[layer] }
            return try Plan(kept: kept, expertCounts: counts, criterion: plan.criterion)
        }
        for (layer, row) in zip(layers, try rows(argument)) {
            if let bad = row.first(where: { !(0..<counts[layer]).contains($0) }) {
                throw LanguageError.outOfRange(bad, count: counts[layer], of: "layer \(layer)'s experts")
            }
            let named = Set(row)
            kept[layer] = label.name == "keep" ? named.sorted() : kept[layer]?.filter { !named.contains($0) }
        }
        return try Plan(kept: kept, expertCounts: counts)
    }

    /// Expert numbers, a row for each of the layers.
    private func rows(_ argument: BoundArgument) throws -> [[Int]] {
        if case .object(let object) = argument.value, let tensor = object as? TensorValue {
            return try rows(tensor.tensor, argument)
        }
        if case .list(let values) = argument.value, case .list? = values.first {
            return try rows(values, argument)
        }
        let row = try argument.asIntegers()
        return layers.map { _ in row }
    }

    private func rows(_ values: [Value], _ argument: BoundArgument) throws -> [[Int]] {
        // A row for each layer of the model, or only for those with experts.
        let all = owner.model.blueprint.layers.count
        guard values.count == layers.count || (isWhole && values.count == all) else {
            throw wrong(values.count, argument)
        }
        let rows = try values.map { value -> [Int] in
            guard case .list(let numbers) = value else {
                throw LanguageError.wrongKind(value, wanted: "a list of experts", span: argument.span)
            }
            return try numbers.map { number in
                guard case .number(let number) = number, let integer = number.integer else {
                    throw LanguageError.wrongKind(number, wanted: "a whole number", span: argument.span)
                }
                return integer
            }
        }
        return values.count == layers.count ? rows : layers.map { rows[$0] }
    }

    private func rows(_ tensor: Tensor, _ argument: BoundArgument) throws -> [[Int]] {
        let isTable = tensor.shape.count == 2
        guard isTable || (tensor.shape.count == 1 && layers.count == 1) else {
            throw LanguageError(
                code: "restrict.shape", "a tensor of experts has the axes layer and rank, and this has \(tensor.axes)",
                help: "Slice the ranks, as in routes.least-used[:, 0:4].", span: argument.span)
        }
        let width = tensor.shape.last ?? 0
        let count = isTable ? tensor.shape[0] : 1
        let all = owner.model.blueprint.layers.count
        guard count == layers.count || (isWhole && count == all) else { throw wrong(count, argument) }
        return try layers.indices.map { place in
            let row = count == layers.count ? place : layers[place]
            return try tensor.values[row * width..<(row + 1) * width].filter { !$0.isNaN }.map { value in
                guard let integer = Int(exactly: value) else {
                    throw LanguageError(.wrongKind, "\(value) is no expert's number", span: argument.span)
                }
                return integer
            }
        }
    }

    private func wrong(_ count: Int, _ argument: BoundArgument) -> LanguageError {
        LanguageError(
            code: "restrict.rows", "there are \(count) rows of experts for \(layers.count) layers",
            help: "Give a row for each layer with experts.", span: argument.span)
    }
}
