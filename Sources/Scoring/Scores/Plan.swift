import Inference

/// Which experts of each layer to keep.
public struct Plan: Sendable, Hashable {
    /// For each layer the experts to keep, ascending; nil for a layer without experts.
    public let kept: [[Int]?]
    /// For each layer the number of experts it was made for; 0 for a layer without.
    public let expertCounts: [Int]
    /// The criterion it came from; nil if written by hand.
    public let criterion: String?

    /// A plan for a model with these experts.
    /// - Throws: `ScoringError` for a layer or expert that there is not, or an expert named twice.
    public init(kept: [[Int]?], expertCounts: [Int], criterion: String? = nil) throws(ScoringError) {
        guard kept.count == expertCounts.count else {
            throw Self.failure(
                "it has \(kept.count) layers, and the experts of \(expertCounts.count) are counted",
                "give a row for every layer")
        }
        for (layer, row) in kept.enumerated() {
            let count = expertCounts[layer]
            guard let row else {
                if count == 0 { continue }
                throw Self.failure("layer \(layer) has \(count) experts and no row", "name the experts to keep")
            }
            guard count > 0 else {
                throw Self.failure("layer \(layer) has no experts, and the plan keeps some", "leave its row out")
            }
            if let bad = row.first(where: { !(0..<count).contains($0) }) {
                throw Self.failure("layer \(layer) has no expert \(bad)", "experts are 0…\(count - 1)")
            }
            guard Set(row).count == row.count else {
                throw Self.failure("layer \(layer) names an expert twice", "name each expert once")
            }
        }
        self.kept = kept.map { $0?.sorted() }
        self.expertCounts = expertCounts
        self.criterion = criterion
    }

    /// Experts kept in each layer with experts.
    public var keptCounts: [Int] { kept.compactMap { $0?.count } }

    /// Experts dropped from a layer, ascending.
    public func dropped(_ layer: Int) -> [Int] {
        guard let row = kept[layer] else { return [] }
        let keep = Set(row)
        return (0..<expertCounts[layer]).filter { !keep.contains($0) }
    }

    /// Whether every layer with experts keeps as many: what most file formats need.
    public var isUniform: Bool { Set(keptCounts).count <= 1 }

    /// Returns if the plan is for a model's layers and leaves each as many experts as a token uses.
    /// - Throws: `ScoringError` naming the layer.
    public func check(_ blueprint: Blueprint) throws(ScoringError) {
        let counts = blueprint.layers.map(\.expertCount)
        guard counts == expertCounts else {
            throw Self.failure(
                "it was made for experts \(Self.phrase(expertCounts)), and this model has \(Self.phrase(counts))",
                "select again from scores of this model")
        }
        for (layer, row) in kept.enumerated() {
            let active = blueprint.layers[layer].activeExpertCount
            if let row, row.count < active {
                throw Self.failure(
                    "layer \(layer) keeps \(row.count) experts, and a token uses \(active)", "keep at least \(active)")
            }
        }
    }

    private static func phrase(_ counts: [Int]) -> String {
        Set(counts).count == 1 ? "\(counts[0]) in each of \(counts.count) layers" : "\(counts)"
    }

    static func failure(_ message: String, _ remedy: String) -> ScoringError {
        ScoringError(code: "plan.invalid", subject: "plan", message: message, remedy: remedy)
    }
}
