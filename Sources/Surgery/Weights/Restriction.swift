import Inference
import Scoring

/// Experts masked away, reversibly: the router chooses among the rest by the family's own rule.
public enum Restriction {
    /// Leaves each layer the experts of a plan; what was masked before stays masked.
    /// - Throws: `SurgeryError` if the plan is for another model, or leaves a layer fewer experts than a token uses.
    public static func restrict(_ model: Model, keep plan: Plan) throws(SurgeryError) -> Edit {
        do { try plan.check(model.blueprint) } catch { throw SurgeryError(error) }
        var edited = model
        for (layer, row) in plan.kept.enumerated() {
            if let row { edited.keptExperts[layer] = try kept(model, layer, row) }
        }
        let counts = edited.keptExperts.compactMap { $0?.count }
        let before = model.blueprint.layers.map(\.expertCount).filter { $0 > 0 }
        return Edit(
            model: edited,
            summary:
                "restrict-experts to \(phrase(counts)) of \(phrase(before)) a layer"
        )
    }

    /// Masks some experts of one layer.
    /// - Throws: `SurgeryError` for an expert that there is not, or too few left.
    public static func restrict(_ model: Model, layer: Int, drop experts: [Int]) throws(SurgeryError) -> Edit {
        let count = try expertCount(model, layer)
        try check(experts, layer, count)
        let gone = Set(experts)
        return try restrict(model, layer: layer, keep: (0..<count).filter { !gone.contains($0) })
    }

    /// Leaves one layer only some experts.
    /// - Throws: `SurgeryError` for an expert that there is not, or too few left.
    public static func restrict(_ model: Model, layer: Int, keep experts: [Int]) throws(SurgeryError) -> Edit {
        try check(experts, layer, try expertCount(model, layer))
        var edited = model
        let left = try kept(model, layer, experts)
        edited.keptExperts[layer] = left
        return Edit(model: edited, summary: "restrict-experts of layer \(layer) to \(left)")
    }

    private static func kept(_ model: Model, _ layer: Int, _ experts: [Int]) throws(SurgeryError) -> [Int] {
        let before = model.keptExperts[layer].map(Set.init)
        let kept = Set(experts).filter { before?.contains($0) ?? true }.sorted()
        let active = model.blueprint.layers[layer].activeExpertCount
        guard kept.count >= active else {
            throw SurgeryError(
                code: "restrict.few", subject: "layer \(layer)",
                message: "\(kept.count) experts would be left, and a token uses \(active)",
                remedy: "keep at least \(active)" + (before == nil ? "" : "; experts masked earlier stay masked"))
        }
        return kept
    }

    private static func expertCount(_ model: Model, _ layer: Int) throws(SurgeryError) -> Int {
        let layers = model.blueprint.expertLayers
        guard layers.contains(layer) else {
            throw SurgeryError(
                code: "restrict.layer", subject: "layer \(layer)",
                message: "it has no experts, or there is no such layer",
                remedy: "layers with experts: \(layers)")
        }
        return model.blueprint.layers[layer].expertCount
    }

    private static func check(_ experts: [Int], _ layer: Int, _ count: Int) throws(SurgeryError) {
        if let bad = experts.first(where: { !(0..<count).contains($0) }) {
            throw SurgeryError(
                code: "restrict.expert", subject: "layer \(layer)", message: "there is no expert \(bad)",
                remedy: "experts are 0…\(count - 1)")
        }
    }

    /// One number if all are alike, else the range.
    static func phrase(_ counts: [Int]) -> String {
        guard let low = counts.min(), let high = counts.max() else { return "none" }
        return low == high ? "\(low)" : "\(low)…\(high)"
    }
}

extension Plan {
    /// The plan that keeps what a model's restrictions leave: what `prune` takes to make them last.
    /// - Throws: `ScoringError` never for a bound model.
    public init(restrictionOf model: Model) throws(ScoringError) {
        let counts = model.blueprint.layers.map(\.expertCount)
        try self.init(
            kept: counts.indices.map { counts[$0] == 0 ? nil : model.keptExperts[$0] ?? Array(0..<counts[$0]) },
            expertCounts: counts)
    }
}
