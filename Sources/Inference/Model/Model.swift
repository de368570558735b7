import Kernels

/// How the rows of a query or key matrix lie within a head.
public enum RotaryRows: Sendable, Hashable {
    /// Rotary pairs are (i, i + d/2), as sites show them.
    case halves
    /// Rotary pairs are neighbours (2i, 2i + 1): GGUF files of the llama architecture. Results are put in halves' order
    /// before anything reads them.
    case interleaved
}

/// A checkpoint as a value: blueprint, tensors by role, and the interventions that every run of it applies.
///
/// A model is immutable in spirit: an edit copies the value, which shares every tensor that it did not touch.
public struct Model: Sendable {
    public var blueprint: Blueprint { didSet { expertTables = ExpertTables() } }
    /// The tensors. Every role that the blueprint calls for is there; optional roles (biases, sinks, norms of queries and
    /// keys) are there if the checkpoint has them. A tied output has no entry of its own.
    public var tensors: [Role: Matrix] { didSet { expertTables = ExpertTables() } }
    /// What every run applies, in order.
    public var interventions: [Intervention]
    /// For each layer, the experts it may still route to, ascending; nil where all are kept.
    public var keptExperts: [[Int]?]
    /// How the rows of query and key matrices, and the elements of their biases, lie within a head.
    public var rotaryRows: RotaryRows
    private var expertTables = ExpertTables()

    public init(
        blueprint: Blueprint, tensors: [Role: Matrix], interventions: [Intervention] = [], keptExperts: [[Int]?]? = nil,
        rotaryRows: RotaryRows = .halves
    ) {
        self.blueprint = blueprint
        self.tensors = tensors
        self.interventions = interventions
        self.keptExperts = keptExperts ?? Array(repeating: nil, count: blueprint.layers.count)
        self.rotaryRows = rotaryRows
    }

    /// The tensors of a layer's experts, each part's in the order of the experts; those that are missing are nil.
    func experts(_ layer: Int) -> ExpertTensors {
        expertTables.layer(layer) { ExpertTensors(tensors, layer: layer, count: blueprint.layers[layer].expertCount) }
    }

    /// The output matrix: its own, or the embedding where they are tied.
    public var outputMatrix: Matrix? { tensors[Role(.output)] ?? tensors[Role(.embedding)] }
}
