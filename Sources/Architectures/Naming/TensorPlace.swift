import Formats
import Inference
import Kernels

/// Where a checkpoint keeps a role: a tensor, and which part of it.
public struct TensorPlace: Sendable, Hashable, CustomStringConvertible {
    /// The tensor's name.
    public let tensor: String
    /// Which expert's slice of it; nil where the tensor holds one.
    public let expert: Int?
    /// How many parts alternate in it, and which of them this is; nil where it holds one part.
    public let interleaving: (index: Int, count: Int)?
    /// Whether its rows are inputs.
    public let isTransposed: Bool

    public static func == (a: TensorPlace, b: TensorPlace) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// The name and slice, as one would write it in Python: `model.layers.2.mlp.experts.gate_up_proj_blocks[7, 0::2]`.
    public var description: String {
        var slice = expert.map { ["\($0)"] } ?? []
        if let interleaving {
            if isTransposed { slice.append(":") }
            slice.append("\(interleaving.index)::\(interleaving.count)")
        }
        return slice.isEmpty ? tensor : "\(tensor)[\(slice.joined(separator: ", "))]"
    }
}

/// A tensor of a checkpoint as a model holds it now: what the file calls one tensor may be many roles.
public struct NamedTensor: Sendable {
    /// The name that was asked for.
    public let name: String
    /// Whose spelling it is.
    public let naming: Naming
    /// Axis lengths, slowest first, in the spelling's own layout.
    public let shape: [Int]
    /// The roles that lie in it, in order: experts ascending, and gate before up where they alternate.
    public let roles: [Role]
    /// Whether its rows are inputs, so that it is the transpose of the roles' matrices.
    public let isTransposed: Bool
    /// The formats of its roles, each once, in order of appearance.
    public let formats: [BlockFormat]
    /// Bytes of its roles together.
    public let byteCount: Int
}

extension Family {
    /// The tensor of that name, in either spelling, as a model holds it; nil if the model has none.
    /// - Complexity: O(names of the family + roles in the tensor).
    public func tensor(named name: String, in model: Model) -> NamedTensor? {
        for naming in Naming.allCases {
            for slot in slots(naming) {
                for form in slot.forms {
                    if let found = tensor(named: name, naming, slot, form, in: model) { return found }
                }
            }
        }
        return nil
    }

    private func tensor(
        named name: String, _ naming: Naming, _ slot: TensorSlot, _ form: TensorForm, in model: Model
    ) -> NamedTensor? {
        let isScales = form.arrangement == .blocksAndScales && form.scales.match(name) != nil
        guard let (layer, expert) = form.match(name) ?? (isScales ? form.scales.match(name) : nil),
            slot.layers(of: model.blueprint).contains(layer)
        else { return nil }
        let roles = slot.roles(form: form, layer: layer, expert: expert, of: model.blueprint)
        let matrices = roles.compactMap { model.tensors[$0] }
        guard !matrices.isEmpty, matrices.count == roles.count else { return nil }
        // The names of MXFP4 blocks and scales stand for nothing where experts have another format, and vice versa.
        let mayBeBlocks = slot.forms.contains { $0.arrangement == .blocksAndScales }
        if mayBeBlocks, (form.arrangement == .blocksAndScales) != (matrices[0].format == .mxfp4) { return nil }
        var formats: [BlockFormat] = []
        for matrix in matrices where !formats.contains(matrix.format) { formats.append(matrix.format) }
        let shape = slot.shape(form: form, layer: layer, of: model.blueprint)
        return NamedTensor(
            name: name, naming: naming, shape: isScales ? shape.dropLast() : shape, roles: roles,
            isTransposed: form.arrangement == .transposed, formats: formats,
            byteCount: matrices.reduce(0) { $0 + $1.byteCount })
    }

    /// Where a spelling keeps a role; nil if the family has no such role there.
    public func place(of role: Role, in naming: Naming, model: Model) -> TensorPlace? {
        let isStacked = role.expert != nil
        guard
            let slot = slots(naming).first(where: { $0.parts.contains(role.part) && $0.isExpert == isStacked }),
            let index = slot.parts.firstIndex(of: role.part)
        else { return nil }
        let isBlocks = model.tensors[role]?.format == .mxfp4
        let form = slot.forms.first { ($0.arrangement == .blocksAndScales) == isBlocks } ?? slot.forms[0]
        return TensorPlace(
            tensor: form.name(layer: role.layer, expert: role.expert),
            expert: form.experts == .stacked ? role.expert : nil,
            interleaving: slot.parts.count > 1 ? (index, slot.parts.count) : nil,
            isTransposed: form.arrangement == .transposed)
    }

    /// The names of all tensors of a model in one spelling, in the order in which they are written.
    public func tensorNames(_ naming: Naming, of model: Model) -> [String] {
        slots(naming).flatMap { slot in
            slot.layers(of: model.blueprint).flatMap { layer in
                let role = slot.roles(form: slot.forms[0], layer: layer, expert: 0, of: model.blueprint)[0]
                guard let first = model.tensors[role] else { return [String]() }
                let form =
                    slot.forms.first { ($0.arrangement == .blocksAndScales) == (first.format == .mxfp4) }
                    ?? slot.forms[0]
                let count = form.experts == .separate ? layer.map { model.blueprint.layers[$0].expertCount } ?? 1 : 1
                return (0..<count).map { form.name(layer: layer, expert: $0) }
            }
        }
    }
}
