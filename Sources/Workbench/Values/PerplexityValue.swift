import Documents
import Inference
import Language
import Plots
import Scoring

/// A perplexity at the prompt; in arithmetic it is its number.
public struct PerplexityValue: SessionValue {
    public let perplexity: Perplexity
    /// What it was measured over, and which model.
    public let corpus: String
    public let model: String
    /// How it was computed.
    public let arithmetic: Arithmetic

    public var typeName: String { "perplexity" }

    public var number: Number? { Number(perplexity.value) }

    public var members: [Member] {
        [
            Member("value", "e to the mean loss of the scored tokens"), Member("error", "its standard error"),
            Member("loss", "the mean loss over all positions, in nats a token"), Member("n", "scored tokens"),
            Member("positions", "positions with a loss"), Member("windows", "how many windows"),
            Member("context", "tokens a window has"), Member("families", "the loss of each family, over all positions"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "value": .number(perplexity.value)
        case "error": .number(perplexity.standardError)
        case "loss": .number(perplexity.loss)
        case "n": .number(perplexity.scored.count)
        case "positions": .number(perplexity.everywhere.count)
        case "windows": .number(perplexity.windowCount)
        case "context": .number(perplexity.windowLength)
        case "families": .object(families)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    private var families: TableValue {
        TableValue(
            typeName: "families", title: "loss by family, nats/token, lower is better",
            rows: ValueTable(
                columns: ["family", "loss", "n"],
                rows: perplexity.families.map {
                    [.text($0.family), .number($0.losses.mean, decimals: 4), .integer($0.losses.count)]
                }),
            notes: ["all positions · \(model)"])
    }

    public func text(_ options: TextOptions) -> String {
        let number = { (value: Double) in NumberText.fixed(value, decimals: 4) }
        let lines = [
            "perplexity \(number(perplexity.value)) ± \(number(perplexity.standardError)) · lower is better",
            "loss \(number(perplexity.loss)) nats/token over all \(NumberText.grouped(perplexity.everywhere.count)) positions",
            "\(NumberText.grouped(perplexity.scored.count)) tokens scored, the second half of \(perplexity.windowCount) windows of \(perplexity.windowLength) · \(arithmetic.name) · \(corpus) · \(model)",
        ]
        return (lines + (perplexity.families.isEmpty ? [] : [families.rows.plain])).joined(separator: "\n")
    }

    public var json: JSON {
        .fields([
            ("perplexity", .finite(perplexity.value)), ("error", .finite(perplexity.standardError)),
            ("loss", .finite(perplexity.loss)), ("n", .whole(perplexity.scored.count)),
            ("positions", .whole(perplexity.everywhere.count)), ("windows", .whole(perplexity.windowCount)),
            ("context", .whole(perplexity.windowLength)), ("precision", .string(arithmetic.name)),
            ("corpus", .string(corpus)), ("model", .string(model)),
            ("families", .fields(perplexity.families.map { ($0.family, .finite($0.losses.mean)) })),
        ])
    }

    public var table: ValueTable? { perplexity.families.isEmpty ? nil : families.rows }

    public func absorb(into digest: inout ValueDigest) {
        for summary in [perplexity.scored, perplexity.everywhere] + perplexity.families.map(\.losses) {
            digest.mix(summary.count)
            digest.mix(summary.sum)
        }
    }
}
