import Formats
import Inference
import Kernels
import Tensors

/// Interventions turned into weights, where weights say exactly the same.
///
/// A head whose mixture is always zero is a head whose columns of the output projection are zero; an expert whose
/// output is always zero has a down projection of zeros. Runs of the result have the bits of runs under the
/// interventions.
public enum Baking {
    /// The model without interventions.
    /// - Throws: `SurgeryError` naming the first intervention that weights cannot say, or a restriction, which `prune`
    ///   makes last.
    public static func bake(_ model: Model) throws(SurgeryError) -> Edit {
        if let layer = model.keptExperts.firstIndex(where: { $0 != nil }) {
            throw SurgeryError(
                code: "bake.restriction", subject: "layer \(layer)",
                message: "experts are masked, and no weight says that", remedy: "prune m keep the same plan, then save")
        }
        var edited = model
        var baker = Baker(model: model)
        // In the order in which a pass meets them: what acts later on has the last word.
        let order = model.interventions.enumerated().sorted { a, b in
            let (x, y) = (a.element.site, b.element.site)
            return (x.layer ?? 0, x.kind.rawValue, a.offset) < (y.layer ?? 0, y.kind.rawValue, b.offset)
        }
        for entry in order { try baker.bake(entry.element) }
        edited.tensors = baker.model.tensors
        edited.interventions = []
        return Edit(
            model: edited,
            summary: "bake \(model.interventions.count) edits of activations into \(baker.changed.count) tensors")
    }
}

/// A model on its way to lose its interventions, one at a time.
struct Baker {
    private(set) var model: Model
    private(set) var changed: Set<Role> = []

    init(model: Model) { self.model = model }

    mutating func bake(_ intervention: Intervention) throws(SurgeryError) {
        let site = intervention.site
        guard intervention.positions == nil else {
            throw refusal(intervention, "it acts at some positions only", "undo it, or make it act everywhere")
        }
        switch (site.kind, intervention.action) {
        case (.z, .zero):
            try zeroColumns(Role(.attentionOutput, layer: site.layer), intervention)
        case (.expertPost, .zero):
            try zeroColumns(Role(.down, layer: site.layer, expert: site.expert), intervention)
        case (.densePost, .zero):
            try zeroColumns(Role(.down, layer: site.layer), intervention)
        case (.sharedPost, .zero):
            try zeroColumns(Role(.sharedDown, layer: site.layer), intervention)
        case (.sharedOut, .zero), (.sharedWeight, .zero):
            try output(.sharedDown, nil, expert: nil, intervention)
        case (.attnOut, .zero), (.attnOut, .constant):
            try output(.attentionOutput, .attentionOutputBias, expert: nil, intervention)
        case (.expertOut, .zero), (.expertOut, .constant):
            try output(.down, .downBias, expert: site.expert, intervention)
        case (.mlpOut, .zero):
            let layer = site.layer ?? 0
            let count = model.blueprint.layers[layer].expertCount
            for expert in count == 0 ? [nil] : (0..<count).map(Optional.some) {
                try output(.down, .downBias, expert: expert, intervention)
            }
            if model.blueprint.layers[layer].sharedExpertWidth != nil {
                try output(.sharedDown, nil, expert: nil, intervention)
            }
        default:
            throw refusal(
                intervention, "no weight says the same to the bit",
                "undo it before saving: zeroed heads, channels, experts, attention and MoE outputs can be saved")
        }
    }

    /// Makes the columns that read the part zero.
    private mutating func zeroColumns(_ role: Role, _ intervention: Intervention) throws(SurgeryError) {
        guard let matrix = model.tensors[role] else { throw refusal(intervention, "\(role.name) is missing", nil) }
        let columns: [Int]
        switch intervention.part {
        case .whole: columns = Array(0..<matrix.columns)
        case .heads(let heads):
            let width = model.blueprint.headDimension
            columns = heads.flatMap { Array($0 * width..<($0 + 1) * width) }
        case .channels(let indices), .experts(let indices): columns = indices
        }
        guard let zeroed = matrix.zeroing(columns: columns) else {
            throw refusal(
                intervention, "\(role.name) is \(matrix.formatName), whose blocks would have to be rounded again",
                "quantize it as bf16 or f32 first")
        }
        model.tensors[role] = zeroed
        changed.insert(role)
    }

    /// Makes an output its bias alone: zero, or a constant where the family has a bias to hold it.
    private mutating func output(
        _ weight: Role.Part, _ bias: Role.Part?, expert: Int?, _ intervention: Intervention
    ) throws(SurgeryError) {
        let layer = intervention.site.layer
        let weightRole = Role(weight, layer: layer, expert: expert)
        let biasRole = bias.map { Role($0, layer: layer, expert: expert) }
        guard case .whole = intervention.part, let matrix = model.tensors[weightRole] else {
            throw refusal(intervention, "it touches a part of the output only", "undo it before saving")
        }
        let held = biasRole.flatMap { model.tensors[$0] }
        if case .constant(let values) = intervention.action {
            guard let held, held.format == .f32, held.columns == values.count else {
                throw refusal(
                    intervention,
                    "\(biasRole?.name ?? "a bias") would have to hold it in f32, and does not exist or is of another type",
                    "ablate with zero instead, or undo it before saving")
            }
        }
        model.tensors[weightRole] = matrix.zeros()
        changed.insert(weightRole)
        guard let held, let biasRole else { return }
        if case .constant(let values) = intervention.action {
            model.tensors[biasRole] = Matrix(
                rows: 1, columns: values.count, format: .f32, source: MemorySource(values), offset: 0,
                rowStride: values.count * 4)
        } else {
            model.tensors[biasRole] = held.zeros()
        }
        changed.insert(biasRole)
    }

    private func refusal(_ intervention: Intervention, _ message: String, _ remedy: String?) -> SurgeryError {
        SurgeryError(
            code: "bake.inexact", subject: intervention.site.name, message: "this edit cannot be saved: " + message,
            remedy: remedy)
    }
}
