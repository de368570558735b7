import Documents
import Inference
import Kernels
import Language
import Plots
import Scoring

/// How far a model has moved from another, at the prompt.
public struct ComparisonValue: SessionValue {
    public let comparison: Comparison
    public let corpus: String
    public let model: String
    /// How the model was computed.
    public let arithmetic: Arithmetic
    public let base: String
    /// How the base was computed.
    public let baseArithmetic: Arithmetic
    /// Whether the model has a matrix that is computed otherwise in `fast` than in `exact`.
    public let isCoded: Bool

    public var typeName: String { "comparison" }

    public var members: [Member] {
        [
            Member("perplexity"), Member("base-perplexity"), Member("ratio", "perplexity over base perplexity"),
            Member("kl", "mean KL(base ‖ model), in nats"), Member("quantiles", "quantiles of it"),
            Member("top-agreement", "the share of positions with the same first choice"),
            Member("router-agreement", "the share of the base's choices of experts that it shares, a row a layer"),
            Member("bytes"), Member("base-bytes"), Member("n", "positions scored"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "perplexity": .number(comparison.perplexity)
        case "base-perplexity": .number(comparison.basePerplexity)
        case "ratio": .number(comparison.ratio)
        case "kl": .number(comparison.divergence.mean)
        case "quantiles":
            .object(
                TableValue(
                    typeName: "quantiles", title: "KL(base ‖ model), nats, lower is better",
                    rows: ValueTable(
                        columns: ["quantile", "kl"],
                        rows: Comparison.shownQuantiles.map {
                            [.text(Self.quantileName($0)), .number(comparison.divergences[$0], decimals: nil)]
                        })))
        case "top-agreement": .number(comparison.topAgreement, .fraction)
        case "router-agreement":
            .list(comparison.routerAgreement.map { $0.map { .number($0, .fraction) } ?? .nothing })
        case "bytes": .number(Double(comparison.bytes), .bytes)
        case "base-bytes": .number(Double(comparison.baseBytes), .bytes)
        case "n": .number(comparison.n)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    /// A quantile's name: `99%`, or `max` for the largest of all.
    private static func quantileName(_ share: Double) -> String {
        share == 1 ? "max" : NumberText.percent(share, decimals: share == 0.999 ? 1 : 0)
    }

    /// What is compared: value, the base's, unit and direction.
    public var table: ValueTable? {
        let error = { (value: Double, summary: Summary) in value * summary.standardError }
        func row(_ name: String, _ model: ValueTable.Cell, _ base: ValueTable.Cell, _ unit: String) -> [ValueTable.Cell]
        {
            [.text(name), model, base, .text(unit)]
        }
        var rows = [
            row(
                "perplexity", .number(comparison.perplexity, decimals: 4),
                .number(comparison.basePerplexity, decimals: 4),
                "lower is better"),
            row(
                "± standard error", .number(error(comparison.perplexity, comparison.losses), decimals: 4),
                .number(error(comparison.basePerplexity, comparison.baseLosses), decimals: 4), ""),
            row("perplexity ratio", .number(comparison.ratio, decimals: 4), .hole, "1 is the base"),
            row("KL mean", .number(comparison.divergence.mean, decimals: 5), .hole, "nats, lower is better"),
        ]
        for share in Comparison.shownQuantiles {
            rows.append(
                row(
                    "KL \(Self.quantileName(share))", .number(comparison.divergences[share], decimals: 5), .hole, "nats"
                ))
        }
        rows.append(
            row("same first choice", .number(comparison.topAgreement, decimals: 4), .hole, "share of positions"))
        for (layer, share) in comparison.routerAgreement.enumerated() {
            if let share {
                rows.append(
                    row("same experts L\(layer)", .number(share, decimals: 4), .hole, "share of the base's choices"))
            }
        }
        rows.append(row("weights", .bytes(comparison.bytes), .bytes(comparison.baseBytes), "lower is smaller"))
        return ValueTable(columns: ["measure", "model", "base", "unit"], rows: rows)
    }

    public func text(_ options: TextOptions) -> String {
        let note =
            "n = \(NumberText.grouped(comparison.n)) positions, the second half of \(comparison.windowCount) windows of \(comparison.windowLength) · \(shared)\(corpus)"
        let lines = ["\(model)\(own(arithmetic)) to \(base)\(own(baseArithmetic))", table?.plain ?? "", note]
        return (lines + remarks).joined(separator: "\n")
    }

    /// What a comparison of precisions cannot show.
    private var remarks: [String] {
        guard arithmetic.precision == .fast, baseArithmetic.precision == .exact, !isCoded else { return [] }
        return [
            "`fast` codes what quantized matrices are multiplied with, and \(model) has none: it is `exact` in both"
        ]
    }

    /// How both were computed, where that is one way.
    private var shared: String { arithmetic == baseArithmetic ? "\(arithmetic.name) · " : "" }

    /// How one was computed, where the other was not.
    private func own(_ arithmetic: Arithmetic) -> String {
        self.arithmetic == baseArithmetic ? "" : " (\(arithmetic.name))"
    }

    public var json: JSON {
        .fields([
            ("model", .string(model)), ("base", .string(base)), ("corpus", .string(corpus)),
            ("arithmetic", .string(arithmetic.name)), ("base-arithmetic", .string(baseArithmetic.name)),
            ("n", .whole(comparison.n)),
            ("perplexity", .finite(comparison.perplexity)), ("base-perplexity", .finite(comparison.basePerplexity)),
            ("ratio", .finite(comparison.ratio)), ("kl", .finite(comparison.divergence.mean)),
            (
                "kl-quantiles",
                .fields(Comparison.shownQuantiles.map { (Self.quantileName($0), .finite(comparison.divergences[$0])) })
            ),
            ("top-agreement", .finite(comparison.topAgreement)),
            ("router-agreement", .array(comparison.routerAgreement.map { $0.map { .finite($0) } ?? .null })),
            ("bytes", .whole(comparison.bytes)), ("base-bytes", .whole(comparison.baseBytes)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for summary in [comparison.losses, comparison.baseLosses, comparison.divergence] { digest.mix(summary.sum) }
        for share in Comparison.shownQuantiles { digest.mix(comparison.divergences[share]) }
        for share in comparison.routerAgreement { digest.mix(share ?? -1) }
        digest.mix(comparison.sameTop)
        digest.mix(comparison.bytes)
    }
}
