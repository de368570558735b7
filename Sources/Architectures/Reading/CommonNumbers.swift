import Documents
import Inference

/// The numbers that every transformer has, as both containers spell them.
struct CommonNumbers {
    var layers: Int
    var hiddenSize: Int
    var vocabularyCount: Int
    var contextLength: Int
    var headCount: Int
    var keyValueHeadCount: Int
    var headDimension: Int
    var normEpsilon: Float

    /// Reads them from GGUF metadata, with llama.cpp's defaults.
    init(gguf keys: inout Hyperparameters) throws(BindingError) {
        layers = try keys.integer("block_count", in: 1...Hyperparameters.layerLimit, default: nil)
        hiddenSize = try keys.integer("embedding_length", default: nil)
        vocabularyCount = try keys.integer("vocab_size", default: keys.embeddingRows ?? 1)
        contextLength = try keys.integer("context_length", default: nil)
        headCount = try keys.uniform("attention.head_count", layers: layers, default: nil)
        keyValueHeadCount = try keys.uniform("attention.head_count_kv", layers: layers, default: headCount)
        headDimension = try keys.integer("attention.key_length", default: hiddenSize / headCount)
        normEpsilon = try keys.positive("attention.layer_norm_rms_epsilon", default: nil)
        let whole: [JSON] = [.number(JSONNumber(headDimension))]
        if headDimension != hiddenSize / headCount || keys.holds("attention.value_length") {
            let values = try keys.integer("attention.value_length", default: hiddenSize / headCount)
            guard values == headDimension else {
                throw keys.unsupported("attention.value_length", .number(JSONNumber(values)))
            }
        }
        try keys.expect("rope.dimension_count", whole)
        try keys.expect("attention.causal", [true])
        try keys.expect("expert_group_count", [0, 1])
        try keys.expect("expert_group_used_count", [0, 1])
        try keys.expect("expert_weights_scale", [0, 1])
        try keys.expect("nextn_predict_layers", [0])
        try checkHeads(keys, "attention.head_count_kv", "attention.key_length")
    }

    /// Reads them from `config.json`, with the defaults that transformers has for the family.
    /// - Parameters:
    ///   - head: The width of a head where the configuration says nothing; nil for the hidden size over the heads.
    ///   - groups: The number of key-value heads there; nil for one a head, which null always means.
    init(
        configuration keys: inout Hyperparameters, defaults: CommonNumbers, head: Int?, groups: Int?
    ) throws(BindingError) {
        layers = try keys.integer("num_hidden_layers", in: 1...Hyperparameters.layerLimit, default: defaults.layers)
        hiddenSize = try keys.integer("hidden_size", default: defaults.hiddenSize)
        vocabularyCount = try keys.integer("vocab_size", default: defaults.vocabularyCount)
        contextLength = try keys.integer("max_position_embeddings", default: defaults.contextLength)
        headCount = try keys.integer("num_attention_heads", default: defaults.headCount)
        let unsaid = keys.mentions("num_key_value_heads") ? nil : groups
        keyValueHeadCount = try keys.integer("num_key_value_heads", default: unsaid ?? headCount)
        headDimension = try keys.integer("head_dim", default: head ?? hiddenSize / headCount)
        normEpsilon = try keys.positive("rms_norm_eps", default: defaults.normEpsilon)
        try checkHeads(keys, "num_key_value_heads", "head_dim")
    }

    /// Reads them from `config.json`, where the family's own number of key-value heads is its default.
    init(configuration keys: inout Hyperparameters, defaults: CommonNumbers, head: Int?) throws(BindingError) {
        try self.init(configuration: &keys, defaults: defaults, head: head, groups: defaults.keyValueHeadCount)
    }

    init(
        layers: Int, hiddenSize: Int, vocabularyCount: Int, contextLength: Int, headCount: Int, keyValueHeadCount: Int,
        headDimension: Int, normEpsilon: Float
    ) {
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.vocabularyCount = vocabularyCount
        self.contextLength = contextLength
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.normEpsilon = normEpsilon
    }

    private func checkHeads(_ keys: Hyperparameters, _ groups: String, _ width: String) throws(BindingError) {
        guard headCount % keyValueHeadCount == 0 else {
            throw keys.bad(groups, "\(keyValueHeadCount)", "a divisor of the \(headCount) heads")
        }
        guard headDimension % 2 == 0, headDimension > 0 else {
            throw keys.bad(width, "\(headDimension)", "an even number above 0")
        }
    }

    /// The blueprint of these numbers and a family's rules.
    func blueprint(
        family: String, rotary: RotaryRule, router: RouterRule = .chosenOfSoftmax(normalized: true),
        activation: Activation = .swiglu, queryKeyNorm: QueryKeyNorm = .heads, tiedEmbeddings: Bool,
        layers: [LayerBlueprint]
    ) -> Blueprint {
        Blueprint(
            family: family, hiddenSize: hiddenSize, vocabularyCount: vocabularyCount, contextLength: contextLength,
            headCount: headCount, keyValueHeadCount: keyValueHeadCount, headDimension: headDimension,
            normEpsilon: normEpsilon, rotary: rotary, router: router, activation: activation,
            queryKeyNorm: queryKeyNorm, tiedEmbeddings: tiedEmbeddings, layers: layers)
    }
}
