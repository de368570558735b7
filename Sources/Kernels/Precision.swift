/// What products with weights are computed from; a recorded setting that results name.
public enum Precision: String, Sendable, CaseIterable {
    /// float32 activations against decoded weights.
    case exact
    /// Activations in signed bytes, 32 under one step, against the weights' own whole numbers, of blocks and of packings;
    /// weights that are single numbers (f32, f16, bf16, FP8), or whose neighbours have steps of their own (columns that GPTQ
    /// has put in another order), are multiplied as in `exact`.
    case fast
}
