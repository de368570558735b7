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
    public let ggufKeysIgnored: Set<String> = ["rope.scaling.finetuned", "tensor_data_layout"]
    public let configurationKeysIgnored: Set<String> = []
    public let ggufTruncatesYarn = true
    public let ggufNeedsOutput = true

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let count = try keys.integer("expert_count", in: 1...Hyperparameters.expertLimit, default: nil)
        let used = try keys.perLayer("expert_used_count", layers: common.layers, in: 1...count)
        let active = try keys.required(used, "expert_used_count")
        let width = try keys.uniform("feed_forward_length", layers: common.layers, default: nil)
        try keys.expect("expert_feed_forward_length", [.number(JSONNumber(width))])
        try keys.expect("expert_gating_func", [1])
        try keys.expect("expert_weights_norm", [false])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        let layers = active.map {
            LayerBlueprint(window: nil, feedForward: .experts(count: count, active: $0, width: width))
        }
        return Reading(blueprint: blueprint(common, rotary, normalized: false, tied: true, layers))
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        guard model.blueprint.router == .chosenOfSoftmax(normalized: false) else {
            throw .notCarried("norm_topk_prob true", "an olmoe GGUF never normalizes routing weights")
        }
        for layer in model.blueprint.layers.indices where model.tensors[Role(.attentionOutputBias, layer: layer)] != nil
        {
            throw .notCarried("attention_bias true", "an olmoe GGUF has no bias after the attention output")
        }
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
        let biases: Set<Role.Part> = [.queryBias, .keyBias, .valueBias, .attentionOutputBias]
        return Reading(
            blueprint: blueprint(
                common, rotary, normalized: normalized, tied: tied, Array(repeating: layer, count: common.layers)),
            required: hasBias ? biases : [], forbidden: hasBias ? [] : biases)
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
