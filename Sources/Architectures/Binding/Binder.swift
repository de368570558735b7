import Formats
import Inference
import Kernels
import Storage
import Tensors

/// Turns an archive's tensors into a model's, each a view where it lies: checks names, shapes and formats once.
struct Binder {
    let archive: Archive
    let family: any Family
    let naming: Naming
    let reading: Reading
    /// Where weights may be packed in several tensors.
    let packed: PackedTensors?

    var blueprint: Blueprint { reading.blueprint }

    /// The model.
    /// - Throws: `BindingError` naming the tensor that is missing, unexpected, of another shape or of another type.
    /// - Complexity: O(roles); no tensor data are touched.
    func model() throws(BindingError) -> Model {
        var tensors: [Role: Matrix] = [:]
        var used: Set<String> = []
        tensors.reserveCapacity(archive.tensors.count)
        for slot in family.slots(naming) {
            for layer in slot.layers(of: blueprint) {
                try bind(slot, layer, into: &tensors, used: &used)
            }
        }
        try refuseUnexpected(used)
        var blueprint = blueprint
        blueprint.tiedEmbeddings = tensors[Role(.output)] == nil
        if let divisors = tensors[Role(.rotaryDivisors)] {
            blueprint.rotary.scaling = .divided(try rotaryDivisors(of: divisors))
        }
        return Model(blueprint: blueprint, tensors: tensors, rotaryRows: family.rotaryRows(naming))
    }

    private func bind(
        _ slot: TensorSlot, _ layer: Int?, into tensors: inout [Role: Matrix], used: inout Set<String>
    ) throws(BindingError) {
        let form = slot.forms.first { form in
            let name = form.name(layer: layer, expert: 0)
            return archive[name] != nil || packed?.holds(name) == true
        }
        guard let form else {
            if isRequired(slot) { throw missing(slot.forms.map { $0.name(layer: layer, expert: 0) }) }
            return
        }
        if reading.forbidden.contains(slot.parts[0]) { return }
        let count = layer.map { blueprint.layers[$0].expertCount } ?? 0
        for expert in 0..<(form.experts == .separate ? count : 1) {
            let name = form.name(layer: layer, expert: expert)
            if try bindPacked(slot, form, name, layer, expert, into: &tensors, used: &used) { continue }
            let entry = try entry(name, used: &used)
            try check(entry, slot.shape(form: form, layer: layer, of: blueprint))
            let scales = try scales(form, entry, slot, layer, used: &used)
            for (index, part) in slot.parts.enumerated() {
                let matrices = try ExpertViews(
                    entry: entry, scales: scales, form: form, part: part, index: index, parts: slot.parts.count,
                    dimensions: blueprint.dimensions(of: part, layer: layer))
                switch form.experts {
                case .none: tensors[Role(part, layer: layer)] = matrices.matrix(0)
                case .separate: tensors[Role(part, layer: layer, expert: expert)] = matrices.matrix(0)
                case .stacked:
                    for expert in 0..<count {
                        tensors[Role(part, layer: layer, expert: expert)] = matrices.matrix(expert)
                    }
                }
            }
        }
    }

    /// Binds a weight that several tensors make up; false where one tensor is all of it.
    private func bindPacked(
        _ slot: TensorSlot, _ form: TensorForm, _ name: String, _ layer: Int?, _ expert: Int,
        into tensors: inout [Role: Matrix], used: inout Set<String>
    ) throws(BindingError) -> Bool {
        guard let packed, slot.parts.count == 1, form.arrangement == .rows, form.experts != .stacked else {
            return false
        }
        let (rows, columns) = blueprint.dimensions(of: slot.parts[0], layer: layer)
        guard let matrix = try packed.matrix(name, rows: rows, columns: columns, used: &used) else { return false }
        tensors[Role(slot.parts[0], layer: layer, expert: form.experts == .separate ? expert : nil)] = matrix
        return true
    }

    private func isRequired(_ slot: TensorSlot) -> Bool {
        if slot.parts[0] == .output { return !blueprint.tiedEmbeddings }
        return !slot.isOptional || reading.required.contains(slot.parts[0])
    }

    private func entry(_ name: String, used: inout Set<String>) throws(BindingError) -> TensorEntry {
        guard let entry = archive[name] else { throw missing([name]) }
        used.insert(name)
        return entry
    }

    private func scales(
        _ form: TensorForm, _ blocks: TensorEntry, _ slot: TensorSlot, _ layer: Int?, used: inout Set<String>
    ) throws(BindingError) -> TensorEntry? {
        guard form.arrangement == .blocksAndScales else { return nil }
        let entry = try entry(form.scales.name(layer: layer, expert: nil), used: &used)
        try check(entry, slot.shape(form: form, layer: layer, of: blueprint).dropLast())
        for entry in [blocks, entry] where entry.format != .plain(.u8) {
            throw BindingError(
                code: "binding.type", subject: place(entry.name), message: "it is \(entry.format.name), not u8",
                remedy: "MXFP4 blocks and scales are bytes: take the checkpoint from its source again")
        }
        return entry
    }

    /// Compares shapes; GGUF writers may leave out axes of length 1 in front.
    private func check(_ entry: TensorEntry, _ expected: some Collection<Int>) throws(BindingError) {
        guard !entry.shape.drop(while: { $0 == 1 }).elementsEqual(expected.drop(while: { $0 == 1 })) else { return }
        throw BindingError(
            code: "binding.shape", subject: place(entry.name),
            message: "its shape is \(entry.shape), but the hyperparameters call for \(Array(expected))",
            remedy: "the checkpoint's parts do not belong together: take it from its source again")
    }

    private func missing(_ names: [String]) -> BindingError {
        BindingError(
            code: "binding.missing-tensor", subject: place(names.joined(separator: " or ")),
            message: "a \(family.name) model needs this tensor, and the checkpoint lacks it",
            remedy: "take the checkpoint from its source again, all of its files")
    }

    private func refuseUnexpected(_ used: Set<String>) throws(BindingError) {
        let unexpected = archive.tensors.map(\.name).filter { !used.contains($0) && !Self.isHarmless($0) }
        guard let first = unexpected.first else { return }
        let others = unexpected.count == 1 ? "" : ", and \(unexpected.count - 1) more"
        throw BindingError(
            code: "binding.unexpected-tensor", subject: place(first),
            message: "a \(family.name) model has no such tensor\(others)",
            remedy: "Lancet would leave it out of the computation: convert the checkpoint again without it")
    }

    /// What some converters keep although it follows from the hyperparameters.
    private static func isHarmless(_ name: String) -> Bool { name.hasSuffix(".rotary_emb.inv_freq") }

    func place(_ name: String) -> String { "\(archive.path), \(name)" }
}
