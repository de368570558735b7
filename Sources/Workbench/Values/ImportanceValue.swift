import Architectures
import Documents
import Inference
import Language
import Plots
import Scoring
import Storage
import Tensors

/// An importance matrix at the prompt: measured over a corpus, or read from a file, whose names mean something once a model is
/// at hand.
public struct ImportanceValue: SessionValue {
    /// Where it comes from.
    public enum Content: Sendable {
        case measured(Importance, owner: ModelValue, sample: CalibrationSample)
        case file(ImportanceFile, path: String)
    }

    public let content: Content
    /// How it was measured.
    public var arithmetic = Arithmetic()

    public var typeName: String { "importance" }

    /// What it says of a model's matrices.
    /// - Throws: `LanguageError` if it was measured on a model of another shape; `BindingError` if a file does not fit.
    func importance(for model: ModelValue, in session: Session) throws -> Importance {
        switch content {
        case .measured(let importance, let owner, _):
            guard owner.model.blueprint == model.model.blueprint else {
                throw LanguageError(
                    code: "importance.model", "it was measured on \(owner.title), whose layers or experts are others",
                    help: "Measure it anew: imatrix m over CORPUS.")
            }
            return importance
        case .file(let file, let path):
            let reading = try model.checkpoint.family.importance(from: file, of: model.model)
            if !reading.missing.isEmpty {
                session.warn("\(path) says nothing about \(reading.missing.count) matrices, which are rounded without")
            }
            if !reading.unknown.isEmpty {
                session.warn("\(path): \(reading.unknown.count) names are no matrix of the model")
            }
            return reading.importance
        }
    }

    /// The file to write.
    var file: ImportanceFile {
        switch content {
        case .measured(let importance, let owner, _):
            owner.checkpoint.family.importanceFile(importance, of: owner.model)
        case .file(let file, _): file
        }
    }

    private var coverage: Coverage? {
        guard case .measured(let importance, let owner, _) = content else { return nil }
        return Coverage(of: importance, owner.model.blueprint)
    }

    // MARK: Parts

    public var members: [Member] {
        let shared = [
            Member("corpora", "what it was measured over"), Member("windows", "windows that were run"),
            Member("context", "tokens a window has"), Member("tensors", "how many tensors it speaks of"),
        ]
        guard coverage != nil else { return shared }
        return shared + [
            Member("tokens", "tokens that each expert's matrices saw, [layer, expert]"),
            Member("never-fired", "the experts that no token chose"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch (name, coverage) {
        case ("corpora", _): return .list(file.datasets.map { .text($0) })
        case ("windows", _): return .number(file.chunkCount)
        case ("context", _): return .number(file.chunkSize)
        case ("tensors", _): return .number(file.entries.count)
        case ("tokens", let coverage?): return .object(tokens(coverage))
        case ("never-fired", let coverage?): return .list(silent(coverage).map { .text($0) })
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    private func tokens(_ coverage: Coverage) -> TensorValue {
        let width = coverage.layers.map(\.tokens.count).max() ?? 0
        let height = (coverage.layers.last?.layer ?? -1) + 1
        var tensor = Tensor(shape: [height, width], axes: ["layer", "expert"], repeating: .nan)
        for layer in coverage.layers {
            for (expert, count) in layer.tokens.enumerated() {
                tensor.values[layer.layer * width + expert] = Float(count)
            }
        }
        return TensorValue(tensor, title: "tokens an expert saw", notes: [], unit: "tokens")
    }

    private func silent(_ coverage: Coverage) -> [String] {
        coverage.layers.flatMap { layer in layer.neverFired.map { "L\(layer.layer)E\($0)" } }
    }

    // MARK: Forms

    public var table: ValueTable? {
        if let coverage, !coverage.layers.isEmpty {
            return ValueTable(
                columns: ["layer", "experts", "tokens least", "median", "most", "never fired"],
                rows: coverage.layers.map {
                    [
                        .integer($0.layer), .integer($0.tokens.count), .integer($0.minimum),
                        .number($0.median, decimals: $0.median.rounded() == $0.median ? 0 : 1), .integer($0.maximum),
                        .integer($0.neverFired.count),
                    ]
                })
        }
        return ValueTable(
            columns: ["tensor", "columns", "matrices", "inputs least", "inputs most"],
            rows: file.entries.map { entry in
                [
                    .text(entry.name), .integer(entry.columns), .integer(entry.counts.count),
                    .number(Double(entry.counts.min() ?? 0), decimals: 0),
                    .number(Double(entry.counts.max() ?? 0), decimals: 0),
                ]
            })
    }

    public func text(_ options: TextOptions) -> String {
        ([title] + (table.map { [$0.plain] } ?? []) + notes).joined(separator: "\n")
    }

    private var title: String {
        let file = file
        let corpora = file.datasets.isEmpty ? "an unnamed corpus" : file.datasets.joined(separator: " + ")
        let size =
            file.chunkSize > 0 ? "\(file.chunkCount) windows of \(file.chunkSize) tokens" : "\(file.chunkCount) windows"
        return "importance of \(file.entries.count) tensors over \(corpora), \(size)"
    }

    private var notes: [String] {
        switch content {
        case .file(let file, let path):
            return ["\(path)" + (file.chunkSize > 0 ? "" : " · counts are windows, not tokens: a legacy file")]
        case .measured(_, let owner, let sample):
            var notes = ["Σ x² of every column, as llama.cpp has it · \(arithmetic.name) · \(owner.title)"]
            if sample.floor > 0 {
                notes.append(
                    "floor \(sample.floor) tokens: \(sample.raisedCount) rare experts drew further windows, which count for "
                        + "them alone")
            }
            let silent = coverage.map(silent) ?? []
            if !silent.isEmpty {
                notes.append(
                    "never fired: \(silent.prefix(12).joined(separator: " "))\(silent.count > 12 ? " …" : ""): their gate and "
                        + "up are weighed by what the layer's router reads, their down by nothing")
            }
            return notes
        }
    }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { coverage.flatMap { tokens($0).plot(kind ?? .heatmap) } }

    public var json: JSON {
        let file = file
        let tensors = file.entries.map { entry in
            (entry.name, JSON.array(entry.counts.map { .finite(Double($0)) }))
        }
        return .fields([
            ("corpora", .array(file.datasets.map { .string($0) })), ("windows", .whole(file.chunkCount)),
            ("context", .whole(file.chunkSize)), ("counts", .fields(tensors)),
            (
                "tokens",
                coverage.map { coverage in
                    .fields(coverage.layers.map { ("\($0.layer)", .array($0.tokens.map { .whole($0) })) })
                } ?? .null
            ),
            ("neverFired", coverage.map { .array(silent($0).map { .string($0) }) } ?? .null),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        let file = file
        for dataset in file.datasets { digest.mix(dataset) }
        digest.mix(file.chunkCount)
        digest.mix(file.chunkSize)
        for entry in file.entries.sorted(by: { $0.name < $1.name }) {
            digest.mix(entry.name)
            digest.mix(entry.sums)
            digest.mix(entry.counts)
        }
    }
}
