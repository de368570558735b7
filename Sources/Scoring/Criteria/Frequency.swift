import Inference

extension Criterion {
    /// |X_e|: how many tokens chose the expert.
    public static let frequency = Criterion(
        name: "frequency", summary: "tokens that chose the expert", unit: "tokens", sites: [.expertIndices],
        source: "baseline in Lasby et al., 2025, REAP the Experts", method: .routed(.sum) { _ in 1 })
}
