import Documents
import Inference
import Storage

/// Qwen1.5-MoE and Qwen2-MoE: biases on queries, keys and values, routed experts whose shares stay as they are, and beside
/// them one that every token uses, weighed by a gate of its own.
///
/// - Source: transformers, `models/qwen2_moe`; llama.cpp, `models/qwen2moe.cpp`.
public struct Qwen2MoE: Family {
    public let name = "qwen2moe"
    public let ggufArchitecture = "qwen2moe"
    public let modelTypes = ["qwen2_moe"]
    public let classNames = ["Qwen2MoeForCausalLM"]
    public let ggufNeedsOutput = true

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let experts = try RoutedExperts(gguf: &keys, layers: common.layers)
        let width = try experts.ownWidth(&keys)
        let outer = try keys.perLayer("feed_forward_length", layers: common.layers)
        let shared = try keys.uniform(
            "expert_shared_feed_forward_length", layers: common.layers, default: outer?.first)
        try keys.expect("expert_weights_norm", [false])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        let layers = experts.layers(width: width, sharedWidth: shared)
        return Reading(
            blueprint: blueprint(common, rotary, normalized: false, tied: true, layers), required: .queryKeyValueBiases)
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        let blueprint = model.blueprint
        guard blueprint.router == .chosenOfSoftmax(normalized: false) else {
            throw .notCarried("norm_topk_prob true", "a qwen2moe GGUF never normalizes routing weights")
        }
        try refuseDenseLayers(blueprint)
        try refuseWindows(blueprint)
        try refuseFreeHeads(blueprint)
        for layer in blueprint.layers.indices where model.tensors[Role(.queryBias, layer: layer)] == nil {
            throw .notCarried("qkv_bias false", "a qwen2moe GGUF has biases on queries, keys and values")
        }
        let shared = blueprint.layers[0].sharedExpertWidth ?? 0
        return try prefixedGGUFKeys(blueprint) + [
            (ggufArchitecture + ".expert_shared_feed_forward_length", .uint32(UInt32(clamping: shared)))
        ]
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil)
        let count = try keys.expertCount(in: 0...Hyperparameters.expertLimit, default: 60)
        let active = try keys.integer("num_experts_per_tok", in: 1...Hyperparameters.expertLimit, default: 4)
        let width = try keys.integer("moe_intermediate_size", default: 1408)
        let shared = try keys.integer("shared_expert_intermediate_size", default: 5632)
        let denseWidth = try keys.integer("intermediate_size", default: 5632)
        let dense = try keys.denseLayers(common.layers, experts: count)
        if dense.contains(false), active > count {
            throw keys.bad("num_experts_per_tok", "\(active)", "at most the \(count) experts")
        }
        let windows = try keys.qwenWindows(common.layers) { layer, most in layer % 2 == 0 && layer < most }
        let normalized = try keys.boolean("norm_topk_prob", default: false)
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let hasBias = try keys.boolean("qkv_bias", default: true)
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layers = zip(windows, dense).map { window, isDense in
            isDense
                ? LayerBlueprint(window: window, feedForward: .dense(width: denseWidth))
                : LayerBlueprint(
                    window: window, feedForward: .experts(count: count, active: active, width: width),
                    sharedExpertWidth: shared)
        }
        return Reading(
            blueprint: blueprint(common, rotary, normalized: normalized, tied: tied, layers),
            biases: .queryKeyValueBiases, areThere: hasBias)
    }

    private static let defaults = CommonNumbers(
        layers: 24, hiddenSize: 2048, vocabularyCount: 151936, contextLength: 32768, headCount: 16,
        keyValueHeadCount: 16, headDimension: 128, normEpsilon: 1e-6)

    private func blueprint(
        _ common: CommonNumbers, _ rotary: RotaryRule, normalized: Bool, tied: Bool, _ layers: [LayerBlueprint]
    ) -> Blueprint {
        common.blueprint(
            family: name, rotary: rotary, router: .chosenOfSoftmax(normalized: normalized), tiedEmbeddings: tied,
            layers: layers)
    }

    // MARK: Names

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(
        TensorSlot.ggufAttention() + TensorSlot.ggufExperts + [
            TensorSlot(.sharedExpertGate, "ffn_gate_inp_shexp.weight"),
            TensorSlot(.sharedGate, "ffn_gate_shexp.weight"), TensorSlot(.sharedUp, "ffn_up_shexp.weight"),
            TensorSlot(.sharedDown, "ffn_down_shexp.weight"),
        ])

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention() + TensorSlot.huggingFaceExperts() + [
            TensorSlot(.sharedExpertGate, "mlp.shared_expert_gate.weight"),
            TensorSlot(.sharedGate, "mlp.shared_expert.gate_proj.weight"),
            TensorSlot(.sharedUp, "mlp.shared_expert.up_proj.weight"),
            TensorSlot(.sharedDown, "mlp.shared_expert.down_proj.weight"),
        ] + TensorSlot.dense("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"))
}
