import Documents
import Inference
import Language
import Plots
import Scoring
import Tensors

/// A run at the prompt: one sequence's, or a run for each item of a corpus.
public struct RunValue: Sendable {
    /// The model version it was made with.
    public let owner: ModelValue
    public let runs: [Run]
    /// The corpus items the runs are of; empty for a run of a text or of ids.
    public let items: [TokenItem]
    /// What was run, as people read it.
    public let title: String

    init(_ owner: ModelValue, runs: [Run], items: [TokenItem] = [], title: String) {
        self.owner = owner
        self.runs = runs
        self.items = items
        self.title = title
    }

    /// The only run.
    /// - Throws: `LanguageError` if it holds a run for each of several items.
    func single(_ wanted: String) throws(LanguageError) -> Run {
        guard let run = runs.first, runs.count == 1 else {
            throw LanguageError(
                code: "run.many", "\(wanted) needs one run, and this holds \(runs.count)",
                help: "Index it, as in clean[0].")
        }
        return run
    }

    /// How its runs were computed.
    var arithmetic: Arithmetic { runs.first?.arithmetic ?? Arithmetic() }

    /// The text of a token, where the model has a tokenizer.
    func piece(_ token: Int) -> String { owner.piece(token) }
}

extension RunValue: SessionValue {
    public var typeName: String { "run" }

    public var members: [Member] {
        [
            Member("logits", "next-token logits at every position"), Member("tokens", "the token ids"),
            Member("count", "how many runs it holds"), Member("sites", "the names of its sites"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "logits":
            let run = try single("logits")
            return .object(
                TensorValue(run.logits, title: "logits", unit: "logits", labels: [positionLabels(run), nil]))
        case "tokens":
            let run = try single("tokens")
            return .list(run.tokens.map { .number($0) })
        case "count": return .number(runs.count)
        case "sites": return .list(Sites.all.map { .text($0.name) })
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public var keys: [String] { owner.model.blueprint.siteNames }

    /// A site's value by its TransformerLens name, or one of several runs by number.
    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1 else { throw LanguageError(.index, "a run takes one site or one number") }
        switch indices[0] {
        case .text(let name): return try value(ofSite: name)
        case .object(let object):
            guard let selection = object as? Selection, let part = selection.presentParts.first,
                selection.presentParts.count == 1
            else {
                throw LanguageError(.index, "a run is indexed by the name of a site, a part of the model, or a number")
            }
            return try value(of: selection, part)
        default:
            let picked = try indices[0].resolved(count: runs.count, of: "the run")
            return .object(
                RunValue(
                    owner, runs: picked.map { runs[$0] }, items: items.isEmpty ? [] : picked.map { items[$0] },
                    title: title))
        }
    }

    public func elements() throws(LanguageError) -> [Value]? {
        runs.indices.map { index in
            .object(RunValue(owner, runs: [runs[index]], items: items.isEmpty ? [] : [items[index]], title: title))
        }
    }

    public func text(_ options: TextOptions) -> String {
        let tokens = runs.reduce(0) { $0 + $1.tokens.count }
        guard let run = runs.first, runs.count == 1 else {
            return "\(runs.count) runs of \(title) · \(tokens) tokens · \(arithmetic.name) · \(owner.title)"
        }
        let best = run.logits(at: [run.tokens.count - 1]).values
        let next = best.indices.max { (best[$0], $1) < (best[$1], $0) } ?? 0
        let edits = run.interventions.isEmpty ? "" : " · \(run.interventions.count) interventions"
        return
            "run of \(title) · \(tokens) tokens\(edits) · \(arithmetic.name) · \(owner.title)\nnext: \(piece(next).debugDescription)"
    }

    public var json: JSON {
        .fields([
            ("title", .string(title)), ("model", .string(owner.title)),
            ("tokens", .array(runs.map { .array($0.tokens.map { .whole($0) }) })),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for run in runs { digest.mix(run) }
    }

    private func value(ofSite name: String) throws(LanguageError) -> Value {
        guard let site = Site(named: name) else {
            let names = owner.model.blueprint.siteNames
            throw LanguageError(
                code: "site.unknown", "there is no site \"\(name)\"", help: "help sites lists them.", name: name,
                candidates: names)
        }
        let run = try single("a site's value")
        do {
            return .object(TensorValue(try run.value(of: site), title: site.name, labels: labels(site, run)))
        } catch { throw LanguageError(any: error) }
    }

    private func value(of selection: Selection, _ part: Selection.Part) throws(LanguageError) -> Value {
        let kind = selection.siteKind
        let isExpert = kind.isInsideExpert
        let site = Site(kind, layer: part.layer, expert: isExpert ? part.member : nil)
        let whole = try value(ofSite: site.name)
        guard case .heads = selection.unit, case .object(let object) = whole, let member = part.member else {
            return whole
        }
        let isTable = site.row.axes.first == "head"
        let shared = kind == .key || kind == .value || kind == .rotatedKey
        let index = shared ? member / owner.model.blueprint.headsPerGroup : member
        return try object.subscripted(isTable ? [.integer(index)] : [.slice(nil, nil, nil), .integer(index)])
    }

    private func labels(_ site: Site, _ run: Run) -> [[String]?] {
        site.row.axes.map { axis in
            axis == "position" || axis == "query" || axis == "key" ? positionLabels(run) : nil
        }
    }

    /// `3 John`, so that a picture's axis can be read; the space that most pieces begin with is left out.
    func positionLabels(_ run: Run) -> [String] {
        run.tokens.enumerated().map { index, token in
            let piece = piece(token)
            return "\(index) \(piece.first == " " && piece.count > 1 ? String(piece.dropFirst()) : piece)"
        }
    }
}

extension SiteKind {
    /// Whether the site lies inside one expert.
    var isInsideExpert: Bool { Sites.row(of: self).name.contains("{e}") }
}

extension Blueprint {
    /// The names of all the model's sites, for suggestions: experts stand by their number 0.
    var siteNames: [String] {
        Sites.all.flatMap { row -> [String] in
            let isLayered = row.name.contains("{l}")
            let expert = row.name.contains("{e}") ? 0 : nil
            return (isLayered ? layers.indices.map { $0 as Int? } : [nil]).compactMap { layer in
                let site = Site(row.kind, layer: layer, expert: expert)
                return (try? check(site)) == nil ? nil : site.name
            }
        }
    }
}
