import Inference

extension Criterion {
    /// Σ ‖f_e(x)‖₂: the lengths of an expert's outputs, its routing weight left out.
    public static let ean = Criterion(
        name: "ean", summary: "lengths of the expert's outputs added up", unit: "activation",
        sites: [.expertIndices, .expertOut],
        source: "expert activation norm, as in Jaiswal et al., 2025, Finding Fantastic Experts in MoEs",
        method: .routed(.sum) { $0.outputNorm })
}
