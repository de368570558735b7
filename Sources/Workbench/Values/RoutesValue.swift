import Documents
import Inference
import Language
import Plots
import Scoring
import Tensors

/// A routing trace at the prompt.
public struct RoutesValue: SessionValue {
    public let owner: ModelValue
    /// How it was computed.
    public let arithmetic: Arithmetic
    public let routes: Routes

    public var typeName: String { "routes" }

    public var members: [Member] {
        [
            Member("usage", "[layer, expert]: the share of choices each expert got, families weighing alike"),
            Member("counts", "[layer, expert]: how often each was chosen"),
            Member("gate-mass", "[layer, expert]: the routing weights each got, added up"),
            Member("shares", "[layer, family, expert]: the share of each family's choices"),
            Member("coactivation", "[layer, expert, expert]: how often two were chosen by the same token"),
            Member("margins", "how far the last chosen router logit is ahead of the first left out, a row a layer"),
            Member("information", "entropies, and what family and token say about the expert, a row a layer"),
            Member("top", "the most used expert of each family and layer, with its share"),
            Member("least-used", "[layer, rank]: expert numbers, the least used first"),
            Member("families"), Member("tokens", "tokens traced"),
        ]
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "usage": .object(grid("usage", "share") { $0.usage })
        case "counts": .object(grid("times chosen", "tokens") { $0.totals.map(Double.init) })
        case "gate-mass": .object(grid("gate mass", "weight") { $0.gateMass })
        case "least-used":
            .object(
                TensorValue(
                    Self.renamed(routes.table { $0.leastUsedFirst.map(Double.init) }, ["layer", "rank"]),
                    title: "experts, the least used first", notes: [provenance]))
        case "shares": .object(shares)
        case "coactivation": .object(coactivation)
        case "margins":
            .object(TableValue(typeName: "margins", title: "router margin", rows: margins, notes: [provenance]))
        case "information":
            .object(
                TableValue(typeName: "information", title: "routing by layer", rows: information, notes: [provenance]))
        case "top": .object(TableValue(typeName: "top", title: "most used expert and its share", rows: top))
        case "families": .list(routes.families.map { .text($0) })
        case "tokens": .number(routes.tokenCount)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    private var provenance: String {
        "n = \(NumberText.grouped(routes.tokenCount)) tokens of \(routes.corpus) · \(arithmetic.name) · \(owner.title)"
    }

    private func grid(_ title: String, _ unit: String, _ value: (Routes.Layer) -> [Double]) -> TensorValue {
        TensorValue(routes.table(value), title: title, notes: [provenance], unit: unit)
    }

    private static func renamed(_ tensor: Tensor, _ axes: [String]) -> Tensor {
        Tensor(shape: tensor.shape, axes: axes, values: tensor.values)
    }

    /// A table a layer; not a number in dense layers.
    private func stack(_ axes: [String], _ rows: Int, _ value: (Routes.Layer) -> [[Double]]) -> Tensor {
        let width = routes.layers.map(\.expertCount).max() ?? 0
        var result = Tensor(
            shape: [routes.layerCount, rows, width], axes: ["layer"] + axes, repeating: .nan)
        for layer in routes.layers {
            for (row, values) in value(layer).enumerated() {
                for (column, number) in values.enumerated() {
                    result.values[(layer.layer * rows + row) * width + column] = Float(number)
                }
            }
        }
        return result
    }

    private var shares: TensorValue {
        TensorValue(
            stack(["family", "expert"], routes.families.count) { $0.shares }, title: "share of a family's choices",
            notes: [provenance], unit: "share", labels: [nil, routes.families, nil])
    }

    private var coactivation: TensorValue {
        let width = routes.layers.map(\.expertCount).max() ?? 0
        return TensorValue(
            stack(["expert", "other"], width) { layer in layer.coactivation.map { $0.map(Double.init) } },
            title: "chosen by the same token", notes: [provenance], unit: "tokens")
    }

    private var margins: ValueTable {
        let shares = [0.05, 0.25, 0.5, 0.75, 0.95]
        return ValueTable(
            columns: ["layer", "mean"] + shares.map { NumberText.percent($0) } + ["n"],
            rows: routes.layers.map { layer in
                let cells = [layer.meanMargin] + shares.map { layer.margins[$0] }
                return [.text("L\(layer.layer)")] + cells.map { $0.isNaN ? .hole : .number($0, decimals: 4) }
                    + [.integer(layer.margins.count)]
            })
    }

    /// Usage relative to uniform, entropies and information, a row a layer.
    private var information: ValueTable {
        ValueTable(
            columns: [
                "layer", "max-over-uniform", "min-over-uniform", "expert-entropy", "entropy-given-family",
                "family-information", "token-information",
            ],
            rows: routes.layers.map { layer in
                let usage = layer.usage
                let uniform = Double(layer.expertCount)
                let values = [
                    (usage.max() ?? .nan) * uniform, (usage.min() ?? .nan) * uniform, layer.expertEntropy,
                    layer.entropyGivenFamily, layer.familyInformation, layer.tokenInformation,
                ]
                return [.text("L\(layer.layer)")] + values.map { .number($0, decimals: 3) }
            })
    }

    private var top: ValueTable {
        ValueTable(
            columns: ["family"] + routes.layers.map { "L\($0.layer)" },
            rows: routes.families.indices.map { family in
                [.text(routes.families[family])]
                    + routes.layers.map { layer in
                        let row = layer.shares[family]
                        let best = row.indices.max { (row[$0], $1) < (row[$1], $0) } ?? 0
                        return .text("\(best):" + NumberText.fixed(row[best], decimals: 2))
                    }
            })
    }

    public func text(_ options: TextOptions) -> String {
        let bits = "expert entropy and information are in bits; shares are of routing choices, families weighing alike"
        return [usage.text(options), information.plain, bits].joined(separator: "\n")
    }

    private var usage: Heatmap {
        let tensor = routes.table { layer in layer.usage.map { $0 * Double(layer.expertCount) } }
        let width = tensor.shape[1]
        return Heatmap(
            title: "usage over uniform", subtitle: [provenance], rowLabels: (0..<tensor.shape[0]).map { "L\($0)" },
            columnLabels: (0..<width).map(String.init), rowTitle: "layer", columnTitle: "expert", unit: "× uniform",
            values: (0..<tensor.shape[0]).map { row in
                tensor.values[row * width..<(row + 1) * width].map { $0.isNaN ? nil : Double($0) }
            })
    }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { kind == nil || kind == .heatmap ? usage : nil }

    public var table: ValueTable? { information }

    public var json: JSON {
        let layers = routes.layers.map { layer in
            JSON.fields([
                ("layer", .whole(layer.layer)), ("usage", .array(layer.usage.map { .finite($0) })),
                ("gate-mass", .array(layer.gateMass.map { .finite($0) })),
                ("shares", .array(layer.shares.map { .array($0.map { .finite($0) }) })),
                ("counts", .array(layer.counts.map { .array($0.map { .whole($0) }) })),
                ("coactivation", .array(layer.coactivation.map { .array($0.map { .whole($0) }) })),
                ("mean-margin", .finite(layer.meanMargin)), ("expert-entropy", .finite(layer.expertEntropy)),
                ("entropy-given-family", .finite(layer.entropyGivenFamily)),
                ("family-information", .finite(layer.familyInformation)),
                ("token-information", .finite(layer.tokenInformation)),
            ])
        }
        return .fields([
            ("corpus", .string(routes.corpus)), ("model", .string(owner.title)), ("tokens", .whole(routes.tokenCount)),
            ("families", .array(routes.families.map { .string($0) })), ("layers", .array(layers)),
        ])
    }

    public func absorb(into digest: inout ValueDigest) {
        for layer in routes.layers {
            digest.mix(layer.layer)
            for row in layer.counts + layer.coactivation { for count in row { digest.mix(count) } }
            for mass in layer.gateMass { digest.mix(mass) }
            digest.mix(layer.meanMargin)
            for expert in layer.choices { digest.mix(Int(expert)) }
        }
    }
}
