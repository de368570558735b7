import Kernels

/// A checkpoint as a value: blueprint, tensors by role, and the interventions that every run of it applies.
///
/// A model is immutable in spirit: an edit copies the value, which shares every tensor that it did not touch.
public struct Model: Sendable {
    public var blueprint: Blueprint
    /// The tensors. Every role that the blueprint calls for is there; optional roles (biases, sinks, norms of queries and
    /// keys) are there if the checkpoint has them. A tied output has no entry of its own.
    public var tensors: [Role: Matrix]
    /// What every run applies, in order.
    public var interventions: [Intervention]
    /// For each layer, the experts it may still route to, ascending; nil where all are kept.
    public var keptExperts: [[Int]?]

    public init(
        blueprint: Blueprint, tensors: [Role: Matrix], interventions: [Intervention] = [], keptExperts: [[Int]?]? = nil
    ) {
        self.blueprint = blueprint
        self.tensors = tensors
        self.interventions = interventions
        self.keptExperts = keptExperts ?? Array(repeating: nil, count: blueprint.layers.count)
    }

    /// The output matrix: its own, or the embedding where they are tied.
    public var outputMatrix: Matrix? { tensors[Role(.output)] ?? tensors[Role(.embedding)] }
}
