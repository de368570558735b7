import Architectures
import Inference

/// A name for a model that tells what it was made from, what was cut and what it is encoded in:
/// `teach-gptoss-12of16-mxfp4.gguf`.
struct ProposedName {
    private let model: ModelValue

    init(_ model: ModelValue) { self.model = model }

    /// The name in a container.
    func text(_ container: SaveTarget.Container) -> String {
        let name = ([base] + [cut].compactMap(\.self) + types).joined(separator: "-")
        return container == .gguf ? name + ".gguf" : name
    }

    /// The types that take at least a tenth of the bytes, the largest first.
    private var types: [String] {
        let size = ModelSize(model.model)
        return size.formats.filter { $0.bytes * 10 >= size.totalBytes }.prefix(2).map(\.name)
    }

    /// How many experts a layer are left of how many.
    private var cut: String? {
        guard let layer = model.model.blueprint.expertLayers.first else { return nil }
        let count = model.model.blueprint.layers[layer].expertCount
        let before = model.checkpoint.model.blueprint.layers[layer].expertCount
        return count == before ? nil : "\(count)of\(before)"
    }

    /// The file's own name without its ending, its shard number and the types at its end.
    private var base: String {
        let last = model.path.split(separator: "/").last.map(String.init) ?? model.checkpoint.family.name
        var words = last.split(separator: "-").map(String.init)
        if let end = words.popLast() {
            let stem = end.lowercased().hasSuffix(".gguf") ? String(end.dropLast(5)) : end
            words.append(stem)
        }
        if words.count > 3, words[words.count - 2] == "of" { words.removeLast(3) }
        let known = Set(ModelSize(model.checkpoint.model).formats.map(\.name) + ["fp8", "fp16", "bf16", "mxfp4"])
        while words.count > 1, let end = words.last?.lowercased(), known.contains(end) { words.removeLast() }
        return words.joined(separator: "-")
    }
}
