import Inference

extension Criterion {
    /// (1/|X_e|) Σ g_e(x) ‖f_e(x)‖₂ over the tokens X_e that chose the expert.
    public static let reap = Criterion(
        name: "reap", summary: "mean of routing weight times length of the expert's output", unit: "activation",
        sites: [.expertIndices, .expertWeights, .expertOut],
        source: "Lasby et al., 2025, REAP the Experts: router-weighted expert activation pruning",
        method: .routed(.mean) { $0.weight * $0.outputNorm })
}
