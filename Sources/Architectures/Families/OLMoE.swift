import Documents
import Inference
import Storage

/// OLMoE: one norm over all queries and one over all keys, a softmax over all experts whose chosen shares stay as they are.
///
/// - Source: transformers, `models/olmoe`; llama.cpp, `models/olmoe.cpp`; Muennighoff et al., 2024, OLMoE.
public struct OLMoE: Family {
    public let name = "olmoe"
    public let ggufArchitecture = "olmoe"
    public let modelTypes = ["olmoe"]
    public let classNames = ["OlmoeForCausalLM"]
    public let ggufNeedsOutput = true

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let experts = try RoutedExperts(gguf: &keys, layers: common.layers)
        let width = try experts.width(&keys)
        try keys.expect("expert_weights_norm", [false])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        return Reading(
            blueprint: blueprint(common, rotary, normalized: false, tied: true, experts.layers(width: width)))
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        guard model.blueprint.router == .chosenOfSoftmax(normalized: false) else {
            throw .notCarried("norm_topk_prob true", "an olmoe GGUF never normalizes routing weights")
        }
        try refuseOutputBias(model)
        let (heads, groups) = (model.blueprint.headCount, model.blueprint.keyValueHeadCount)
        guard groups == heads else {
            throw .notCarried(
                "num_key_value_heads \(groups)", "llama.cpp's olmoe has a key-value head for each of the \(heads) heads"
            )
        }
        try refuseFreeHeads(model.blueprint)
        return try prefixedGGUFKeys(model.blueprint, expertWidth: false)
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil, groups: nil)
        let count = try keys.expertCount(in: 1...Hyperparameters.expertLimit, default: 64)
        let active = try keys.integer("num_experts_per_tok", in: 1...count, default: min(8, count))
        let width = try keys.integer("intermediate_size", default: 2048)
        let normalized = try keys.boolean("norm_topk_prob", default: false)
        // Null in every released checkpoint, and llama.cpp does not clip.
        try keys.expect("clip_qkv", [])
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let hasBias = try keys.boolean("attention_bias", default: false)
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layer = LayerBlueprint(window: nil, feedForward: .experts(count: count, active: active, width: width))
        return Reading(
            blueprint: blueprint(
                common, rotary, normalized: normalized, tied: tied, Array(repeating: layer, count: common.layers)),
            biases: .attentionBiases, areThere: hasBias)
    }

    private static let defaults = CommonNumbers(
        layers: 16, hiddenSize: 2048, vocabularyCount: 50304, contextLength: 4096, headCount: 16,
        keyValueHeadCount: 16, headDimension: 128, normEpsilon: 1e-5)

    private func blueprint(
        _ common: CommonNumbers, _ rotary: RotaryRule, normalized: Bool, tied: Bool, _ layers: [LayerBlueprint]
    ) -> Blueprint {
        common.blueprint(
            family: name, rotary: rotary, router: .chosenOfSoftmax(normalized: normalized), queryKeyNorm: .whole,
            tiedEmbeddings: tied, layers: layers)
    }

    // MARK: Names

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(TensorSlot.ggufAttention(norms: true) + TensorSlot.ggufExperts)

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention(norms: true, outputBias: true) + TensorSlot.huggingFaceExperts())
}
