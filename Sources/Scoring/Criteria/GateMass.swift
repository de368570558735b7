import Inference

extension Criterion {
    /// Σ g_e(x): the routing weights an expert got.
    public static let gateMass = Criterion(
        name: "gate-mass", summary: "routing weights added up", unit: "weight",
        sites: [.expertIndices, .expertWeights], source: "baseline in Lasby et al., 2025, REAP the Experts",
        method: .routed(.sum) { $0.weight })
}
