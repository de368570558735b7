import Inference

/// What a recipe's rules ask about a model.
public struct RecipeSetting: Sendable, Hashable {
    public let layerCount: Int
    /// Experts of a layer, as a file's header states them; 0 in a dense model.
    public let expertCount: Int
    /// Query heads that share one key-value head.
    public let headsPerGroup: Int
    /// Whether the embedding is the output too.
    public let isTied: Bool
    /// Whether errors will be weighed by an importance matrix.
    public let hasImportance: Bool
    /// Whether it is of the one size, 80 layers in LLaMA's line with shared keys, that llama.cpp gives finer values.
    public let sharesKeysBroadly: Bool

    public init(_ blueprint: Blueprint, isTied: Bool, hasImportance: Bool) {
        layerCount = blueprint.layers.count
        expertCount = blueprint.layers.map(\.expertCount).max() ?? 0
        headsPerGroup = blueprint.headsPerGroup
        self.isTied = isTied
        self.hasImportance = hasImportance
        let isOfLine = ["llama", "mixtral", "mistral", "qwen2"].contains(blueprint.family)
        sharesKeysBroadly = isOfLine && layerCount == 80 && headsPerGroup > 1
    }

    /// The setting of a model.
    public init(_ model: Model, hasImportance: Bool) {
        self.init(model.blueprint, isTied: model.tensors[Role(.output)] == nil, hasImportance: hasImportance)
    }

    /// Whether a layer is one of those that the mixtures of middle size give more bits: the first eighth, the last, and
    /// every third between.
    func hasMoreBits(_ layer: Int) -> Bool {
        let eighth = layerCount / 8
        return layer < eighth || layer >= 7 * layerCount / 8 || (layer - eighth) % 3 == 2
    }
}
