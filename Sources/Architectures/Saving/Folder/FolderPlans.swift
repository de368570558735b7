import Formats
import Inference
import Kernels
import Storage

/// The tensors of a Hugging Face folder as they are to be written, and which modules are packed.
struct FolderPlans {
    let model: Model
    let family: any Family
    /// Whether vectors and routers that a converter to GGUF widened to float32 may be written in the matrices' type again,
    /// where that loses no bit.
    let narrows: Bool
    /// The type of most weights that are plain numbers.
    let type: BlockFormat
    private(set) var tensors: [TensorPlan] = []
    private(set) var modules: [Module] = []
    /// Whether experts are MXFP4 blocks with scales apart.
    private(set) var hasBlocks = false

    /// A matrix that a reader of the folder knows as a module of its own.
    struct Module {
        /// Its name, such as `model.layers.2.self_attn.q_proj`.
        let name: String
        /// The form of its name, with holes for layer and expert.
        let form: String
        /// How it is packed; nil for plain numbers.
        let packing: Packing?
    }

    /// A packing as compressed-tensors tells packings apart.
    enum Packing: Hashable {
        /// `isOrdered`: its columns have groups of their own.
        case scheme(PackingScheme, isOrdered: Bool)
        /// MXFP4, codes and scales apart.
        case blocks
    }

    init(model: Model, family: any Family, narrows: Bool) {
        self.model = model
        self.family = family
        self.narrows = narrows
        type = Self.prevailingType(model)
    }

    private static func prevailingType(_ model: Model) -> BlockFormat {
        var weights: [BlockFormat: Int] = [:]
        for (role, matrix) in model.tensors where matrix.packed == nil && matrix.format.blockLength == 1 {
            if !role.part.isKeptInFloat32 {
                weights[matrix.format, default: 0] += matrix.rows * matrix.columns
            }
        }
        return weights.max { ($0.value, $1.key.id) < ($1.value, $0.key.id) }?.key ?? .bf16
    }

    /// Fills `tensors` and `modules`.
    /// - Throws: `BindingError` naming the tensor that a folder cannot carry.
    mutating func make() throws(BindingError) {
        for slot in family.slots(.huggingFace) {
            for layer in slot.layers(of: model.blueprint) {
                let first = slot.roles(form: slot.forms[0], layer: layer, expert: 0, of: model.blueprint)
                if slot.isOptional, first.allSatisfy({ model.tensors[$0] == nil }) { continue }
                if slot.forms[0].experts == .stacked {
                    try stack(slot, layer)
                } else {
                    let count = slot.isExpert ? layer.map { model.blueprint.layers[$0].expertCount } ?? 1 : 1
                    for expert in 0..<count { try single(slot, layer, expert) }
                }
            }
        }
    }

    // MARK: A tensor a matrix

    private mutating func single(_ slot: TensorSlot, _ layer: Int?, _ expert: Int) throws(BindingError) {
        let form = slot.forms[0]
        let name = form.name(layer: layer, expert: expert)
        let matrix = try matrices(slot, form, layer, expert, name)[0]
        let isMatrix = !slot.parts[0].isVector
        let stem = name.replacingSuffix(".weight", by: "")
        let isRearranged = family.rearrangement(of: slot.parts[0], of: model, for: .huggingFace) != nil
        let isModule = isMatrix && slot.parts[0] != .embedding
        let isBlocks = isModule && !isRearranged && matrix.packed == nil && matrix.format == .mxfp4
        if isModule {
            let scheme = matrix.packed.map { Packing.scheme($0.scheme, isOrdered: $0.groupIndex != nil) }
            modules.append(
                Module(
                    name: stem, form: form.name.replacingSuffix(".weight", by: ""),
                    packing: isBlocks ? .blocks : scheme))
        }
        if isBlocks, name.hasSuffix(".weight") {
            tensors += Self.blocks(matrix, stem)
            return
        }
        if let packed = matrix.packed {
            guard slot.parts[0] != .embedding, name.hasSuffix(".weight"), packed.firstRow == 0,
                packed.rows == matrix.rows, !isRearranged
            else {
                throw .notCarried(
                    name, "readers of Hugging Face folders take no \(packed.scheme.name) here",
                    remedy: "decode it first: dequantize m as bf16")
            }
            tensors += PackedNames(packed, stem: stem).plans
            return
        }
        let written = try plainFormat([matrix], slot.parts[0], name)
        let shape = slot.shape(form: form, layer: layer, of: model.blueprint)
        let order = family.rearrangement(of: slot.parts[0], of: model, for: .huggingFace)
        let part: TensorPlan.Part =
            written == matrix.format
            ? matrix.part(as: written, order) : .produce { try matrix.forEachNarrowed(to: written, in: order, $0) }
        tensors.append(TensorPlan(name: name, format: .block(written), shape: shape, parts: [part]))
    }

    /// MXFP4 under compressed-tensors' names: [R, C/2] bytes of two codes, [R, C/32] bytes of powers of two.
    private static func blocks(_ matrix: Matrix, _ stem: String) -> [TensorPlan] {
        let (rows, columns) = (matrix.rows, matrix.columns)
        return [
            TensorPlan(
                name: stem + ".weight_packed", format: .plain(.u8), shape: [rows, columns / 2],
                parts: [ExpertBlocks.codes([matrix])]),
            TensorPlan(
                name: stem + ".weight_scale", format: .plain(.u8), shape: [rows, columns / MXFP4.blockLength],
                parts: [ExpertBlocks.scales([matrix])]),
        ]
    }

    // MARK: A tensor a layer

    private mutating func stack(_ slot: TensorSlot, _ layer: Int?) throws(BindingError) {
        let roles = slot.roles(form: slot.forms[0], layer: layer, expert: nil, of: model.blueprint)
        let shown = slot.forms[0].name(layer: layer, expert: nil)
        let matrices = try matrices(slot, slot.forms[0], layer, nil, shown)
        let parts = slot.parts.count
        let experts = stride(from: 0, to: roles.count, by: parts).map { Array(matrices[$0..<$0 + parts]) }
        let isBlocks = matrices.allSatisfy { $0.format == .mxfp4 && $0.packed == nil }
        guard let form = slot.forms.first(where: { ($0.arrangement == .blocksAndScales) == isBlocks }) else {
            throw refusal(matrices, shown)
        }
        let name = form.name(layer: layer, expert: nil)
        let shape = slot.shape(form: form, layer: layer, of: model.blueprint)
        if isBlocks {
            hasBlocks = true
            let scales = form.scales.name(layer: layer, expert: nil)
            tensors.append(
                TensorPlan(name: name, format: .plain(.u8), shape: shape, parts: experts.map(ExpertBlocks.codes)))
            tensors.append(
                TensorPlan(
                    name: scales, format: .plain(.u8), shape: shape.dropLast(), parts: experts.map(ExpertBlocks.scales))
            )
            return
        }
        let written = try plainFormat(matrices, slot.parts[0], name)
        let isVector = slot.parts[0].isVector
        let contents = experts.map { matrices -> TensorPlan.Part in
            if isVector { return ExpertSlab.interleaved(matrices, as: written) }
            return form.arrangement == .transposed ? ExpertSlab.transposed(matrices) : matrices[0].part(as: written)
        }
        tensors.append(TensorPlan(name: name, format: .block(written), shape: shape, parts: contents))
    }

    private func matrices(
        _ slot: TensorSlot, _ form: TensorForm, _ layer: Int?, _ expert: Int?, _ name: String
    ) throws(BindingError) -> [Matrix] {
        let roles = slot.roles(form: form, layer: layer, expert: expert, of: model.blueprint)
        let matrices = roles.compactMap { model.tensors[$0] }
        guard matrices.count == roles.count, !matrices.isEmpty else {
            throw BindingError(
                code: "binding.missing-tensor", subject: name,
                message: "the model has \(matrices.count) of the \(roles.count) matrices that it is made of")
        }
        return matrices
    }

    /// The one type of matrices that are plain numbers, narrowed where that is wanted and exact.
    private func plainFormat(
        _ matrices: [Matrix], _ part: Role.Part, _ name: String
    ) throws(BindingError) -> BlockFormat {
        let format = matrices[0].format
        guard matrices.allSatisfy({ $0.packed == nil && $0.format == format && format.blockLength == 1 }) else {
            throw refusal(matrices, name)
        }
        guard narrows, format == .f32, type != .f32, part.isKeptInFloat32 else { return format }
        return matrices.allSatisfy { $0.isExact(in: type) } ? type : format
    }

    private func refusal(_ matrices: [Matrix], _ name: String) -> BindingError {
        var names: [String] = []
        for matrix in matrices where !names.contains(matrix.formatName) { names.append(matrix.formatName) }
        let isStack = matrices.count > 1
        let readable =
            isStack
            ? "one of bf16, f16, f32 or mxfp4 for all experts of a layer"
            : "bf16, f16, f32, mxfp4, fp8, w4a16, w8a8 and w4a8"
        return .notCarried(
            name, "it is \(names.joined(separator: " and ")), and Hugging Face folders hold \(readable) here",
            remedy: "decode it first: dequantize m as bf16" + (isStack ? "; or quantize m.experts as mxfp4" : ""))
    }
}
