import Inference

extension Set<Role.Part> {
    /// Biases of what attention multiplies queries, keys and values with.
    static let queryKeyValueBiases: Set = [.queryBias, .keyBias, .valueBias]
    /// Those, and that of attention's output.
    static let attentionBiases = queryKeyValueBiases.union([.attentionOutputBias])
}
