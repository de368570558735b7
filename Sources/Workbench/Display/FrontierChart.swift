import Foundation
import Plots
import Surgery

/// One way to quantize a model: what it weighs, and how far it moves the model.
struct FrontierPoint {
    enum Kind: String { case recipe, allocation }

    let name: String
    let kind: Kind
    let bytes: Int
    /// What an allocation had to keep within.
    var budget = 0
    let plan: QuantizationPlan
    /// - Units: nats.
    var divergence = 0.0
}

/// Bytes against divergence, as a table with a picture.
struct FrontierChart {
    let points: [FrontierPoint]
    let model: String
    let bytesNow: Int
    let n: Int
    let corpus: String
    let calibration: String
    let bits: (Int) -> Double

    var value: TableValue {
        let order = points.sorted { ($0.bytes, $0.kind.rawValue, $0.name) < ($1.bytes, $1.kind.rawValue, $1.name) }
        return TableValue(
            typeName: "frontier", title: "\(model): bytes against divergence",
            rows: ValueTable(
                columns: ["name", "kind", "bytes", "bits", "kl"],
                rows: order.map { point in
                    [
                        .text(point.name), .text(point.kind.rawValue), .bytes(point.bytes),
                        .number(bits(point.bytes), decimals: 3), .number(point.divergence, decimals: 6),
                    ]
                }),
            notes: notes, picture: picture)
    }

    private var notes: [String] {
        [
            "KL(model ‖ quantized), mean of n = \(NumberText.grouped(n)) positions of \(corpus), nats, lower is better",
            "allocations keep within a recipe's bytes, by sensitivity over \(calibration)",
            "the model is \(NumberText.bytes(bytesNow)), \(NumberText.fixed(bits(bytesNow), decimals: 3)) bits a weight",
        ]
    }

    /// A line each for recipes and allocations, over the recipes' bytes.
    private var picture: LineChart {
        let recipes = points.filter { $0.kind == .recipe && $0.divergence > 0 }
            .sorted { ($0.bytes, $0.divergence) < ($1.bytes, $1.divergence) }
        let allocations = Dictionary(
            points.filter { $0.kind == .allocation && $0.divergence > 0 }.map { ($0.budget, $0.divergence) },
            uniquingKeysWith: min)
        let isLarge = (recipes.last?.bytes ?? 0) >= 1 << 30
        let scale = isLarge ? 1_073_741_824.0 : 1_048_576.0
        return LineChart(
            title: "\(model): bytes against divergence", subtitle: ["n = \(n) positions of \(corpus)"],
            series: [
                .init("recipes", recipes.map { log10($0.divergence) }),
                .init("allocation", recipes.map { allocations[$0.bytes].map { log10($0) } }),
            ], places: recipes.map { Double($0.bytes) / scale }, horizontalTitle: isLarge ? "GiB" : "MiB",
            unit: "log10 KL, nats")
    }
}
