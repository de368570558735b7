import Formats
import Inference
import Kernels
import Storage

/// The tensors of a GGUF file as they are to be written, each made of one role's matrix or of a layer's stack of
/// experts.
struct TensorPlans {
    let model: Model
    let family: any Family
    /// Whether experts of one stack that differ in format become tensors of their own; otherwise they are refused.
    var keepsMixedApart = false

    private var blueprint: Blueprint { model.blueprint }

    /// In the order of a GGUF archive, each tensor as the model has it now; what the archive did not have comes last.
    func patched(_ archive: Archive) throws(BindingError) -> [TensorPlan] {
        var plans: [TensorPlan] = []
        var written: Set<String> = []
        for entry in archive.tensors {
            guard let (slot, layer) = slot(named: entry.name) else {
                plans.append(TensorPlan(copying: entry))
                continue
            }
            // Experts that an old file keeps apart become the stack that llama.cpp wants today.
            guard written.insert(slot.forms[0].name(layer: layer, expert: nil)).inserted else { continue }
            plans += try self.plans(slot, layer, keepsFormat: true, shape: entry.shape)
        }
        for slot in family.slots(.gguf) {
            for layer in slot.layers(of: blueprint)
            where !written.contains(slot.forms[0].name(layer: layer, expert: nil)) {
                plans += try self.plans(slot, layer, keepsFormat: true)
            }
        }
        return plans
    }

    /// In the family's order, with the types that converters give: vectors, norms, routers and biases in float32.
    func translated() throws(BindingError) -> [TensorPlan] {
        var plans: [TensorPlan] = []
        for slot in family.slots(.gguf) {
            for layer in slot.layers(of: blueprint) {
                let own = try self.plans(slot, layer, keepsFormat: false)
                plans += own
                guard own.isEmpty else { continue }
                if slot.parts == [.rotaryDivisors], case .divided(let divisors) = blueprint.rotary.scaling {
                    plans.append(
                        TensorPlan(
                            name: slot.forms[0].name, format: .block(.f32), shape: [divisors.count]
                        ) { sink in try divisors.withUnsafeBytes { try sink($0) } })
                } else if slot.parts == [.output], family.ggufNeedsOutput,
                    let embedding = model.tensors[Role(.embedding)]
                {
                    plans.append(plan(slot, layer, [embedding], embedding.format, shape: nil))
                }
            }
        }
        return plans
    }

    private func slot(named name: String) -> (TensorSlot, Int?)? {
        for slot in family.slots(.gguf) {
            for form in slot.forms {
                if let (layer, _) = form.match(name), slot.layers(of: blueprint).contains(layer) {
                    return (slot, layer)
                }
            }
        }
        return nil
    }

    /// The plan of one tensor, or of one an expert; none if it is optional and the model does not have it.
    private func plans(
        _ slot: TensorSlot, _ layer: Int?, keepsFormat: Bool, shape: [Int]? = nil
    ) throws(BindingError) -> [TensorPlan] {
        let form = slot.forms[0]
        let roles = slot.roles(form: form, layer: layer, expert: nil, of: blueprint)
        let matrices = roles.compactMap { model.tensors[$0] }
        let name = form.name(layer: layer, expert: nil)
        if matrices.isEmpty, slot.isOptional { return [] }
        guard matrices.count == roles.count, let first = matrices.first else {
            throw BindingError(
                code: "binding.missing-tensor", subject: name,
                message: "the model has \(matrices.count) of the \(roles.count) matrices that it is made of")
        }
        let isForced = !keepsFormat && slot.parts[0].isKeptInFloat32
        if !isForced, let packed = matrices.first(where: { $0.packed != nil }) {
            throw .notCarried(
                name, "it is \(packed.formatName), which only Hugging Face folders can hold",
                remedy: "save as a folder, or decode first: dequantize m as bf16")
        }
        if !isForced, let other = matrices.firstIndex(where: { $0.format != first.format }) {
            guard keepsMixedApart, let apart = slot.forms.first(where: { $0.experts == .separate }) else {
                throw .notCarried(
                    name,
                    "experts of one tensor have one format, but expert 0 is \(first.format.name) and expert \(other) "
                        + matrices[other].format.name,
                    remedy: "write save m \"x.gguf\" stacks widest, which gives each stack its widest format, or "
                        + "stacks apart, which gives experts tensors of their own that Lancet reads and llama.cpp does "
                        + "not; or give them one: quantize m.layers[\(layer ?? 0)].experts as "
                        + matrices[other].format.name)
            }
            return self.apart(slot, apart, layer, matrices)
        }
        return [plan(slot, layer, matrices, isForced ? .f32 : first.format, shape: shape)]
    }

    /// A tensor for each expert of a layer, each in its own format.
    private func apart(
        _ slot: TensorSlot, _ form: TensorForm, _ layer: Int?, _ matrices: [Matrix]
    ) -> [TensorPlan] {
        let rows = family.rearrangement(of: slot.parts[0], of: model, for: .gguf)
        let shape = slot.shape(form: form, layer: layer, of: blueprint)
        return matrices.enumerated().map { expert, matrix in
            TensorPlan(
                name: form.name(layer: layer, expert: expert), format: .block(matrix.format), shape: shape,
                parts: [matrix.part(as: matrix.format, rows)])
        }
    }

    private func plan(
        _ slot: TensorSlot, _ layer: Int?, _ matrices: [Matrix], _ format: BlockFormat, shape: [Int]?
    ) -> TensorPlan {
        let form = slot.forms[0]
        let rows = family.rearrangement(of: slot.parts[0], of: model, for: .gguf)
        let natural = slot.shape(form: form, layer: layer, of: blueprint)
        // Writers differ in whether they keep axes of length 1; a file's own habit is kept.
        let isSame = shape.map { $0.drop { $0 == 1 }.elementsEqual(natural.drop { $0 == 1 }) } ?? false
        return TensorPlan(
            name: form.name(layer: layer, expert: nil), format: .block(format),
            shape: isSame ? shape ?? natural : natural, parts: matrices.map { $0.part(as: format, rows) })
    }
}
