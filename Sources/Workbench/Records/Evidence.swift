import Architectures
import Inference
import Language
import Tensors

/// What proves a value: a digest over its bits, and parts that tell where another run differs.
struct Evidence: Equatable {
    /// A variable's name, or a word with a colon: `shown:`, `printed:`, `file "out.gguf":`.
    let owner: String
    let digest: String
    /// What stands in further lines: a word for what follows, then digests or bits.
    let parts: [String]

    init(owner: String, digest: String, parts: [String] = []) {
        self.owner = owner
        self.digest = digest
        self.parts = parts
    }

    /// The evidence for a value; nil where there is none.
    init?(_ owner: String, _ value: Value) {
        if case .nothing = value { return nil }
        self.init(owner: owner, digest: ValueDigest.of(value), parts: Self.parts(of: value))
    }

    /// As a record writes it.
    var lines: [String] { ["\(owner) sha256:\(digest)"] + parts.map { "  " + $0 } }
}

extension Evidence {
    /// Elements whose bits are written out, and rows whose digests are.
    private static let most = 512

    private static func parts(of value: Value) -> [String] {
        switch value {
        case .number(let number): ["number " + bits(number.value)]
        case .text(let text) where text.utf8.count <= most / 2: ["text " + text.quoted]
        case .list(let values): numbers(values)
        case .object(let object): parts(of: object)
        default: []
        }
    }

    private static func parts(of object: any ObjectValue) -> [String] {
        switch object {
        case let model as ModelValue: parts(of: model)
        case let tensor as TensorValue: parts(of: tensor.tensor)
        case let run as RunValue: parts(of: run)
        default: ((object as? any SessionValue)?.table.map(parts) ?? []) + number(object)
        }
    }

    private static func number(_ object: any ObjectValue) -> [String] {
        object.number.map { ["number " + bits($0.value)] } ?? []
    }

    private static func numbers(_ values: [Value]) -> [String] {
        let numbers = values.compactMap { value -> String? in
            if case .number(let number) = value { bits(number.value) } else { nil }
        }
        guard !values.isEmpty, numbers.count == values.count, values.count <= most else { return [] }
        return ["numbers " + numbers.joined(separator: " ")]
    }

    /// A digest for each tensor of the file; for a stack one for each expert's slab, so that a moved slab keeps its own.
    private static func parts(of model: ModelValue) -> [String] {
        var parts = ModelFiles.digests(of: model.checkpoint.archive).map { file in
            "file \(file.name.quoted) \(file.digest.prefix(16))"
        }
        parts += WeightTable(owner: model, layer: nil).entries.map { entry in
            let matrices = entry.roles.compactMap { model.model.tensors[$0] }
            let digests = matrices.map { MatrixDigests.shared.digest(of: $0).prefix(16) }
            return "tensor \(entry.name) " + digests.joined(separator: " ")
        }
        let kept = model.model.keptExperts.map { experts in
            ValueDigest.short { $0.mix(experts.map { $0.map(String.init).joined(separator: " ") } ?? "all") }
        }
        let interventions = model.model.interventions.map { intervention in ValueDigest.short { $0.mix(intervention) } }
        parts.append("kept-experts " + kept.joined(separator: " "))
        return parts + ["interventions " + interventions.joined(separator: " ")]
    }

    private static func parts(of tensor: Tensor) -> [String] {
        let shape = "shape " + tensor.shape.map(String.init).joined(separator: " ")
        if tensor.count <= most {
            let bits = tensor.values.map { String(($0.isNaN ? Float.nan : $0).bitPattern, radix: 16) }
            return [shape, "bits " + bits.joined(separator: " ")]
        }
        guard let rows = tensor.shape.first, rows <= most else { return [shape] }
        let digests = (0..<rows).map { row in ValueDigest.short { $0.mix(tensor[first: row]) } }
        return [shape, "rows " + digests.joined(separator: " ")]
    }

    /// The tokens, and the residual stream by layer and by position; of several runs a digest each.
    private static func parts(of run: RunValue) -> [String] {
        guard let only = run.runs.first, run.runs.count == 1 else {
            let digests = run.runs.prefix(most).map { run in ValueDigest.short { $0.mix(run) } }
            return ["runs " + digests.joined(separator: " ")]
        }
        let streams = only.residualStreams
        var parts = ["tokens " + only.tokens.prefix(most).map(String.init).joined(separator: " ")]
        parts.append(
            "residuals " + streams.map { stream in ValueDigest.short { $0.mix(stream) } }.joined(separator: " "))
        guard let last = streams.last, let rows = last.shape.first, rows <= most else { return parts }
        let positions = (0..<rows).map { row in ValueDigest.short { $0.mix(last[first: row]) } }
        return parts + ["positions " + positions.joined(separator: " ")]
    }

    private static func parts(of table: ValueTable) -> [String] {
        let width = table.columns.count
        if table.rows.count * width <= most {
            let cells = table.rows.joined().map(cell)
            return ["cells \(width) " + cells.joined(separator: " ")]
        }
        guard table.rows.count <= most else { return [] }
        let digests = table.rows.map { row in
            ValueDigest.short { digest in for cell in row { cell.absorb(into: &digest) } }
        }
        return ["rows " + digests.joined(separator: " ")]
    }

    /// A number's bits; other cells as a short digest behind a `t`.
    private static func cell(_ cell: ValueTable.Cell) -> String {
        if case .number(let number) = cell.value { return bits(number.value) }
        return "t" + ValueDigest.short { cell.absorb(into: &$0) }.prefix(8)
    }

    private static func bits(_ number: Double) -> String { String(number.bitPattern, radix: 16) }
}

extension ValueDigest {
    /// The first half of a digest's words: enough to tell where something differs.
    static func short(_ body: (inout ValueDigest) -> Void) -> Substring {
        var digest = ValueDigest()
        body(&digest)
        return digest.text.prefix(16)
    }

    /// Mixes what a run is: its tokens, and the residual stream from which every site follows.
    mutating func mix(_ run: Run) {
        mix(run.tokens.count)
        for token in run.tokens { mix(token) }
        for stream in run.residualStreams { mix(stream) }
    }
}

extension Run {
    /// What the run keeps: the residual stream entering each layer, and the normalized one behind the last.
    fileprivate var residualStreams: [Tensor] {
        let sites = model.blueprint.layers.indices.map { Site(.residPre, layer: $0) } + [Site(.finalNormalized)]
        return sites.compactMap { try? value(of: $0) }
    }
}
