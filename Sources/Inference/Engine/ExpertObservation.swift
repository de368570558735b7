/// What a layer's router and experts did for the rows of a pass, lent for the length of a call.
public struct ExpertObservation {
    public let layer: Int
    /// For each row, the lane it belongs to.
    public let lanes: [Int]
    /// For each row, its position in the sequence.
    public let positions: [Int]
    /// Experts a token uses.
    public let slotCount: Int
    /// Router logits; not a number for an expert that is restricted away.
    /// - Shape: [row, expert].
    public let logits: UnsafeBufferPointer<Float>
    /// Chosen experts, largest logit first.
    /// - Shape: [row, slot].
    public let indices: [Int]
    /// Routing weights.
    /// - Shape: [row, slot].
    public let weights: UnsafeBufferPointer<Float>
    /// Expert outputs before their routing weights.
    /// - Shape: [row, slot, hidden].
    public let outputs: UnsafeBufferPointer<Float>
    /// What router and experts read.
    /// - Shape: [row, hidden].
    public let inputs: UnsafeBufferPointer<Float>
    /// What the experts that rows are routed to add together; a shared expert is not among them.
    /// - Shape: [row, hidden].
    public let sum: UnsafeBufferPointer<Float>
    /// The residual stream before the layer's experts.
    /// - Shape: [row, hidden].
    public let residual: UnsafeBufferPointer<Float>
}
