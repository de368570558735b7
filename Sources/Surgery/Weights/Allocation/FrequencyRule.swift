import Formats
import Inference
import Scoring

/// The field's rule of thumb: experts that are used most get 8 bits, those in the middle 4, the rarest 3.
public struct FrequencyRule: Sendable, Hashable {
    /// The share of a layer's experts at 8 bits, and that at 3, each rounded up.
    public var topShare = 0.2
    public var rareShare = 0.2

    public init() {}

    /// A format for each expert's matrices.
    /// - Parameter usage: for each layer, how often each expert was chosen; nil in dense layers. Equal ones rank by index.
    /// - Shape: [layer][expert].
    public func formats(of model: Model, usage: [[Double]?]) -> [Role: WeightFormat] {
        var formats: [Role: WeightFormat] = [:]
        let byUse = usage.map { $0.map(levels) }
        for role in model.tensors.keys where QuantizationPlan.largeParts.contains(role.part) {
            guard let layer = role.layer, let expert = role.expert, byUse.indices.contains(layer),
                let row = byUse[layer], row.indices.contains(expert)
            else { continue }
            formats[role] = .block(row[expert])
        }
        return formats
    }

    private func levels(_ usage: [Double]) -> [BlockFormat] {
        let order = usage.indices.sorted { (usage[$1], $0) < (usage[$0], $1) }
        let top = Int((Double(usage.count) * topShare - 1e-9).rounded(.up))
        let rare = min(usage.count - top, Int((Double(usage.count) * rareShare - 1e-9).rounded(.up)))
        var formats = [BlockFormat](repeating: .q4_k, count: usage.count)
        for expert in order.prefix(top) { formats[expert] = .q8_0 }
        for expert in order.suffix(rare) { formats[expert] = .q3_k }
        return formats
    }
}
