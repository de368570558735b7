import Documents
import Inference
import Language
import Plots
import Scoring

/// How a model answers the questions of a corpus.
public struct EvaluationValue: SessionValue {
    public let evaluation: Evaluation
    public let corpus: String
    public let model: String
    /// How it was computed.
    public let arithmetic: Arithmetic

    public var typeName: String { "evaluation" }

    public var members: [Member] {
        [
            Member("families", "a row a family"), Member("variants", "a row a family and variant"),
            Member("exact", "the mean over families of the share answered right"),
            Member("pair", "the mean over families of the share whose answer is likelier than the wrong one"),
            Member("nll", "the mean over families of −ln p of the answer"), Member("n", "how many items"),
            Member("flips", "items whose wrong answer is the likelier one"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "families": .object(TableValue(typeName: "families", rows: families, notes: notes))
        case "variants": .object(TableValue(typeName: "variants", rows: variants, notes: notes))
        case "exact": .number(mean { $0.acceptedShare })
        case "pair": .number(mean { $0.pairedShare })
        case "nll": .number(mean { $0.meanLoss })
        case "n": .number(evaluation.items.count)
        case "flips": .number(evaluation.items.filter { item in item.wrong.map { $0 > item.answer } ?? false }.count)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    private func mean(_ value: (Evaluation.Group) -> Double) -> Double {
        let groups = groups
        return groups.reduce(0) { $0 + value($1) } / Double(groups.count)
    }

    /// The families; of a corpus without any, all items.
    private var groups: [Evaluation.Group] { evaluation.families }

    private var families: ValueTable {
        ValueTable(
            columns: ["family", "exact", "pair", "nll", "n"],
            rows: groups.map { group in
                [
                    .text(group.name), .number(group.acceptedShare, decimals: 4),
                    .number(group.pairedShare, decimals: 4), .number(group.meanLoss, decimals: 4), .integer(group.n),
                ]
            })
    }

    private var variants: ValueTable {
        ValueTable(
            columns: ["variant", "letter", "exact", "pair", "nll", "n"],
            rows: evaluation.variants.map { group in
                [
                    .text(group.name), .integer(group.exact), .integer(group.accepted), .integer(group.paired),
                    .number(group.meanLoss, decimals: 4), .integer(group.n),
                ]
            })
    }

    private var notes: [String] {
        [
            "exact: the greedy answer counts as right; pair: the answer is likelier than the wrong one; higher is better",
            "nll: nats an answer, lower is better · n = \(evaluation.items.count) items of \(corpus) · \(arithmetic.name) · \(model)",
        ]
    }

    public func text(_ options: TextOptions) -> String {
        let number = { (value: Double) in NumberText.fixed(value, decimals: 4) }
        let line =
            "mean of families: exact \(number(mean { $0.acceptedShare })) · pair \(number(mean { $0.pairedShare })) · nll \(number(mean { $0.meanLoss }))"
        return ([families.plain, line] + notes).joined(separator: "\n")
    }

    public var table: ValueTable? { families }

    public var json: JSON {
        .fields([
            ("corpus", .string(corpus)), ("model", .string(model)), ("n", .whole(evaluation.items.count)),
            ("families", families.json), ("variants", variants.json),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for item in evaluation.items {
            digest.mix(item.answer)
            digest.mix(item.wrong ?? 0)
            digest.mix((item.isExact ? 1 : 0) + (item.isAccepted ? 2 : 0))
        }
    }
}

extension Evaluation.Group {
    var acceptedShare: Double { Double(accepted) / Double(n) }
    var pairedShare: Double { Double(paired) / Double(n) }
}
