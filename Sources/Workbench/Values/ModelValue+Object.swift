import Architectures
import Documents
import Formats
import Inference
import Language
import Plots
import Tokenizers

extension ModelValue: SessionValue {
    public var typeName: String { "model" }

    public var members: [Member] {
        [
            Member("layers", "its layers"), Member("heads", "its attention heads: [layer, head]"),
            Member("experts", "its experts: [layer, expert]"), Member("routers", "its routers, a layer each"),
            Member("tensors", "its weights by their names in the file"),
            Member("vocabulary", "how many tokens it knows"),
            Member("context", "the positions it was made for"), Member("weights", "how many weights it has"),
            Member("bytes", "what its weights take"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        let layers = Array(model.blueprint.layers.indices)
        switch name {
        case "layers": return .object(Selection(self, .layers, layers: layers))
        case "heads", "experts", "routers":
            return try Selection(self, .layers, layers: layers).member(name == "routers" ? "router" : name)
        case "tensors": return .object(WeightTable(owner: self, layer: nil))
        case "vocabulary": return .number(model.blueprint.vocabularyCount)
        case "context": return .number(model.blueprint.contextLength)
        case "weights": return .number(ModelSize(model).parameters)
        case "bytes": return .number(Double(ModelSize(model).totalBytes), .bytes)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func text(_ options: TextOptions) -> String {
        let blueprint = model.blueprint
        let size = ModelSize(model)
        let formats = size.formats.prefix(4).map { "\($0.name) \(NumberText.bytes($0.bytes))" }
        var second = [
            formats.joined(separator: ", "), "context \(blueprint.contextLength)", "rope " + checkpoint.ropeSummary,
        ]
        if let tokenizer = checkpoint.tokenizerSummary {
            second.append("tokenizer \(tokenizer.kind)" + (tokenizer.count.map { " \($0)" } ?? ""))
        } else {
            second.append("no tokenizer")
        }
        let first = [
            blueprint.family, "\(blueprint.layers.count) layers", expertsText,
            "\(blueprint.headCount) heads, \(blueprint.keyValueHeadCount) kv", "width \(blueprint.hiddenSize)",
            "\(NumberText.count(size.parameters)) weights, \(NumberText.count(size.activeParameters)) active",
        ]
        let lines = [first.joined(separator: " · "), second.joined(separator: " · ")]
        return (lines + editLines).joined(separator: "\n")
    }

    public var json: JSON {
        let blueprint = model.blueprint
        let size = ModelSize(model)
        return .fields([
            ("family", .string(blueprint.family)), ("path", .string(path)), ("layers", .whole(blueprint.layers.count)),
            ("experts", .array(blueprint.layers.map { .whole($0.expertCount) })),
            ("active-experts", .array(blueprint.layers.map { .whole($0.activeExpertCount) })),
            ("heads", .whole(blueprint.headCount)), ("kv-heads", .whole(blueprint.keyValueHeadCount)),
            ("head-dimension", .whole(blueprint.headDimension)), ("width", .whole(blueprint.hiddenSize)),
            ("vocabulary", .whole(blueprint.vocabularyCount)), ("context", .whole(blueprint.contextLength)),
            ("weights", .whole(size.parameters)), ("active-weights", .whole(size.activeParameters)),
            ("bytes", .whole(size.totalBytes)),
            ("kept-experts", .array(model.keptExperts.map { $0.map { .array($0.map { .whole($0) }) } ?? .null })),
            ("edits", .array(edits.map { .string($0.command) })),
        ])
    }

    /// The model's bits: its file's metadata, its numbers and rules, every tensor by role, interventions and restrictions.
    /// - Complexity: O(bytes of the weights).
    public func absorb(into digest: inout ValueDigest) {
        for file in ModelFiles.digests(of: checkpoint.archive) { digest.mix(file.digest) }
        digest.mix(String(describing: model.blueprint))
        for role in model.tensors.keys.sorted() {
            digest.mix(String(describing: role))
            if let matrix = model.tensors[role] { digest.mix(matrix) }
        }
        for kept in model.keptExperts { digest.mix(kept.map { $0.map(String.init).joined(separator: " ") } ?? "all") }
        for intervention in model.interventions { digest.mix(intervention) }
    }

    /// Two models are the same if they are one version; their bits are compared by `diff`.
    public func isEqual(to other: any ObjectValue) -> Bool { (other as? ModelValue)?.version == version }

    private var expertsText: String {
        let counts = model.blueprint.expertLayers.map { layer in
            model.keptExperts[layer]?.count ?? model.blueprint.layers[layer].expertCount
        }
        guard let first = model.blueprint.expertLayers.first, let most = counts.max(), let least = counts.min() else {
            return "dense"
        }
        let dense = model.blueprint.layers.count - model.blueprint.expertLayers.count
        let range = least == most ? "\(most)" : "\(least)–\(most)"
        return "\(range) experts, top \(model.blueprint.layers[first].activeExpertCount)"
            + (dense > 0 ? ", \(dense) dense layers" : "")
    }

    private var editLines: [String] {
        guard !edits.isEmpty else { return [] }
        return ["\(edits.count) edit\(edits.count == 1 ? "" : "s"): " + edits.map(\.effect).joined(separator: "; ")]
    }

    /// The text of a token, or its number where there is no tokenizer.
    func piece(_ token: Int) -> String {
        guard let tokenizer = try? checkpoint.tokenizer(), let text = try? tokenizer.decode([token]) else {
            return "#\(token)"
        }
        return text
    }
}

extension ValueDigest {
    /// Mixes what an intervention does and where.
    mutating func mix(_ intervention: Intervention) {
        mix(intervention.site.name)
        mix(String(describing: intervention.part))
        mix(String(describing: intervention.positions))
        switch intervention.action {
        case .zero: mix("zero")
        case .scale(let factor): mix([factor])
        case .constant(let values): mix(values)
        case .replace(let tensor): mix(tensor)
        }
    }
}
