import Inference

/// What a checkpoint holds for one part (or two interleaved ones) of a model, in one of several forms.
public struct TensorSlot: Sendable {
    /// The parts it holds: one, or gate and up whose rows alternate.
    public let parts: [Role.Part]
    /// The forms it may take; the first is how names are shown.
    public let forms: [TensorForm]
    /// Whether a checkpoint may lack it.
    public let isOptional: Bool

    public init(_ parts: [Role.Part], _ forms: [TensorForm], optional: Bool = false) {
        self.parts = parts
        self.forms = forms
        isOptional = optional
    }

    public init(_ part: Role.Part, _ name: String, experts: TensorForm.Experts = .none, optional: Bool = false) {
        self.init([part], [TensorForm(name, experts: experts)], optional: optional)
    }

    /// The same slot under a layer's prefix.
    func prefixed(_ prefix: String) -> TensorSlot {
        TensorSlot(
            parts, forms.map { TensorForm(prefix + $0.name, experts: $0.experts, arrangement: $0.arrangement) },
            optional: isOptional)
    }

    /// Whether the experts of a layer have it.
    var isExpert: Bool { forms[0].experts != .none }

    /// The layers that have it; one nil for what stands outside the layers.
    func layers(of blueprint: Blueprint) -> [Int?] {
        guard !parts[0].isGlobal else { return [nil] }
        return blueprint.layers.indices.filter { index in
            let layer = blueprint.layers[index]
            switch parts[0] {
            case .router, .routerBias: return layer.expertCount > 0
            case .gate, .gateBias, .up, .upBias, .down, .downBias: return isExpert == (layer.expertCount > 0)
            case .sharedExpertGate, .sharedGate, .sharedUp, .sharedDown: return layer.sharedExpertWidth != nil
            default: return true
            }
        }
    }

    /// The roles that one tensor of this slot holds, in the order in which they lie in it.
    func roles(form: TensorForm, layer: Int?, expert: Int?, of blueprint: Blueprint) -> [Role] {
        switch form.experts {
        case .none: return parts.map { Role($0, layer: layer) }
        case .separate: return parts.map { Role($0, layer: layer, expert: expert) }
        case .stacked:
            let count = layer.map { blueprint.layers[$0].expertCount } ?? 0
            return (0..<count).flatMap { expert in parts.map { Role($0, layer: layer, expert: expert) } }
        }
    }

    /// The shape of one tensor, slowest axis first.
    func shape(form: TensorForm, layer: Int?, of blueprint: Blueprint) -> [Int] {
        let (rows, columns) = blueprint.dimensions(of: parts[0], layer: layer)
        let experts = form.experts == .stacked ? [layer.map { blueprint.layers[$0].expertCount } ?? 0] : []
        if parts[0].isVector { return experts + [parts.count * columns] }
        switch form.arrangement {
        case .rows: return experts + [parts.count * rows, columns]
        case .transposed: return experts + [columns, parts.count * rows]
        case .blocksAndScales: return experts + [parts.count * rows, columns / 32, 16]
        }
    }
}
