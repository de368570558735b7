import Documents
import Inference
import Language
import Plots
import Scoring

/// How much each expert or head matters, at the prompt.
public struct ScoresValue: SessionValue {
    /// The model version that was scored: a selection is a plan for its numbering.
    public let owner: ModelValue
    /// How it was computed.
    public let arithmetic: Arithmetic
    public let scores: Scores

    public var typeName: String { "scores" }

    public var members: [Member] {
        [
            Member("values", "the scores as a tensor"), Member("criterion"), Member("unit"),
            Member("direction", "which way is more important"), Member("n", "tokens of the corpus"),
            Member("ranked", "a row each, the most important first"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "values": .object(values)
        case "criterion": .text(scores.criterion)
        case "unit": .text(scores.unit)
        case "direction": .text(scores.direction.rawValue)
        case "n": .number(scores.tokenCount)
        case "ranked": .object(TableValue(typeName: "ranking", title: title, rows: ranked))
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        try values.subscripted(indices)
    }

    public func elements() throws(LanguageError) -> [Value]? { try values.elements() }

    private var title: String { "\(scores.axis)s by \(scores.criterion)" }

    private var values: TensorValue { TensorValue(scores.tensor, title: title, notes: notes, unit: scores.unit) }

    private var notes: [String] {
        let over =
            scores.corpus.map { "n = \(NumberText.grouped(scores.tokenCount)) tokens of \($0)" } ?? "weights alone"
        return [
            "\(scores.unit) · \(scores.direction.rawValue) is more important · \(over) · \(arithmetic.name) · \(owner.title)"
        ]
            + scores.warnings.map { "warning: " + $0 }
    }

    /// A row an expert or head, by layer.
    public var table: ValueTable? {
        ValueTable(columns: columns, rows: places.map(row))
    }

    private var columns: [String] {
        ["layer", scores.axis, "score"] + (scores.counts == nil ? [] : ["tokens"])
    }

    private var places: [(layer: Int, member: Int)] {
        scores.values.enumerated().flatMap { layer, row in (row ?? []).indices.map { (layer, $0) } }
    }

    private func row(_ place: (layer: Int, member: Int)) -> [ValueTable.Cell] {
        let value = scores.values[place.layer]?[place.member] ?? .nan
        let count = scores.counts?[place.layer]?[place.member]
        return [.integer(place.layer), .integer(place.member), value.isNaN ? .hole : .number(value, decimals: nil)]
            + (scores.counts == nil ? [] : [count.map { .integer($0) } ?? .hole])
    }

    private var ranked: ValueTable {
        let sign: Double = scores.direction == .higher ? 1 : -1
        let keyed = places.enumerated().map { order, place in
            let value = scores.values[place.layer]?[place.member] ?? .nan
            return (key: value.isNaN ? -Double.infinity : sign * value, order: order, place: place)
        }
        return ValueTable(
            columns: columns, rows: keyed.sorted { ($1.key, $0.order) < ($0.key, $1.order) }.map { row($0.place) })
    }

    public func text(_ options: TextOptions) -> String { values.text(options) }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { values.plot(kind ?? .heatmap) }

    public var json: JSON {
        .fields([
            ("criterion", .string(scores.criterion)), ("axis", .string(scores.axis)), ("unit", .string(scores.unit)),
            ("direction", .string(scores.direction.rawValue)), ("corpus", scores.corpus.map { .string($0) } ?? .null),
            ("tokens", .whole(scores.tokenCount)), ("model", .string(owner.title)),
            ("values", .array(scores.values.map { row in row.map { .array($0.map { .finite($0) }) } ?? .null })),
            (
                "counts",
                scores.counts.map { .array($0.map { row in row.map { .array($0.map { .whole($0) }) } ?? .null }) }
                    ?? .null
            ),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(scores.criterion)
        for row in scores.values {
            digest.mix(row?.count ?? -1)
            for value in row ?? [] { digest.mix(value) }
        }
    }
}
