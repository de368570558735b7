import Documents
import Inference
import Language
import Plots
import Scoring

/// Which experts to keep, at the prompt, and which model's numbering it speaks of.
public struct PlanValue: SessionValue {
    /// The model that a plan was made for.
    public struct Origin: Sendable, Hashable {
        /// The family's name.
        public let family: String
        /// The file, without its folder.
        public let file: String
        /// How messages name the model.
        public let title: String
        /// For each layer, what each expert was called when the file was opened.
        public let originalExperts: [[Int]]
        /// The model version of this session; nil for a plan from a file.
        public let version: Int?
    }

    public let plan: Plan
    public let origin: Origin

    public init(_ plan: Plan, for model: ModelValue) {
        self.init(plan: plan, origin: Origin(model))
    }

    public init(plan: Plan, origin: Origin) {
        self.plan = plan
        self.origin = origin
    }

    public var typeName: String { "plan" }

    public var members: [Member] {
        [
            Member("kept", "the experts to keep, a list a layer"),
            Member("dropped", "the experts to drop, a list a layer"),
            Member("counts", "how many each layer keeps"), Member("criterion", "what it was selected by"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "kept": .list(plan.kept.map { .list(($0 ?? []).map { .number($0) }) })
        case "dropped": .list(plan.kept.indices.map { .list(plan.dropped($0).map { .number($0) }) })
        case "counts": .list(plan.kept.map { $0.map { .number($0.count) } ?? .nothing })
        case "criterion": plan.criterion.map { .text($0) } ?? .nothing
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public var table: ValueTable? {
        ValueTable(
            columns: ["layer", "of", "keeps", "kept", "dropped"],
            rows: plan.kept.enumerated().map { layer, row in
                guard let row else { return [.integer(layer), .integer(0), .hole, .text("dense"), .text("")] }
                return [
                    .integer(layer), .integer(plan.expertCounts[layer]), .integer(row.count),
                    .text(Self.words(row)), .text(Self.words(plan.dropped(layer))),
                ]
            })
    }

    private static func words(_ experts: [Int]) -> String { experts.map(String.init).joined(separator: " ") }

    public func text(_ options: TextOptions) -> String {
        let (least, most) = (plan.keptCounts.min() ?? 0, plan.keptCounts.max() ?? 0)
        let counts = least == most ? "\(least)" : "\(least)–\(most)"
        let title = "plan: keep \(counts) experts a layer · by \(plan.criterion ?? "hand") · for \(origin.title)"
        return [title, table?.plain ?? ""].joined(separator: "\n")
    }

    public func absorb(into digest: inout ValueDigest) {
        for (layer, row) in plan.kept.enumerated() {
            digest.mix(plan.expertCounts[layer])
            digest.mix(row?.count ?? -1)
            for expert in row ?? [] { digest.mix(expert) }
        }
    }
}

extension PlanValue.Origin {
    init(_ model: ModelValue) {
        family = model.model.blueprint.family
        file = model.path.split(separator: "/").last.map(String.init) ?? model.path
        title = model.title
        originalExperts = model.originalExperts
        version = model.version
    }
}

extension PlanValue {
    /// The plan for a model, whose experts must still be numbered as in the one it was made for.
    /// - Throws: `LanguageError` naming both models where they are not.
    func plan(for model: ModelValue, in session: Session) throws(LanguageError) -> Plan {
        let target = Origin(model)
        guard target.family == origin.family, target.originalExperts == origin.originalExperts else {
            let isRenumbered = target.family == origin.family && target.file == origin.file
            throw LanguageError(
                code: "plan.version",
                "the plan was made for \(Self.phrase(origin)), and this model is \(Self.phrase(target))",
                help: isRenumbered
                    ? "Its experts are numbered anew since: score and select again."
                    : "Score and select for this model.")
        }
        if target.file != origin.file {
            session.warn("the plan was made for \(origin.file), and is used for \(target.file)")
        }
        return plan
    }

    private static func phrase(_ origin: Origin) -> String {
        let counts = origin.originalExperts.map(\.count).filter { $0 > 0 }
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        let version = origin.version.map { ", version \($0)" } ?? ""
        return
            "\(origin.title)\(version) (\(origin.family), \(least == most ? "\(least)" : "\(least)–\(most)") experts a layer)"
    }
}
