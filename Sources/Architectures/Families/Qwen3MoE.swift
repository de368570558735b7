import Documents
import Inference
import Storage

/// Qwen3-MoE: norms on queries and keys, a softmax over all experts, in some variants dense layers in between.
///
/// - Source: transformers, `models/qwen3_moe`; llama.cpp, `models/qwen3moe.cpp`.
public struct Qwen3MoE: Family {
    public let name = "qwen3moe"
    public let ggufArchitecture = "qwen3moe"
    public let modelTypes = ["qwen3_moe"]
    public let classNames = ["Qwen3MoeForCausalLM"]
    public let ggufKeysIgnored: Set<String> = ["rope.scaling.finetuned", "tensor_data_layout"]
    /// `max_window_layers` and `layer_types` belong to other Qwen families; transformers does not read them here.
    public let configurationKeysIgnored: Set<String> = ["max_window_layers", "layer_types"]
    /// transformers rounds YaRN's ramp unless the configuration says otherwise, and released ones do not.
    public let ggufTruncatesYarn = true
    public let ggufNeedsOutput = false

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let count = try keys.integer("expert_count", in: 1...Hyperparameters.expertLimit, default: nil)
        let used = try keys.perLayer("expert_used_count", layers: common.layers, in: 1...count)
        let active = try keys.required(used, "expert_used_count")
        let outer = try keys.perLayer("feed_forward_length", layers: common.layers)
        let fallback = outer.flatMap { $0[0] >= active[0] ? $0[0] / active[0] : nil }
        let width = try keys.uniform("expert_feed_forward_length", layers: common.layers, default: fallback)
        try keys.expect("expert_gating_func", [1])
        try keys.expect("expert_weights_norm", [true])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        let layers = active.map {
            LayerBlueprint(window: nil, feedForward: .experts(count: count, active: $0, width: width))
        }
        return Reading(blueprint: blueprint(common, rotary, normalized: true, tied: true, layers))
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        let blueprint = model.blueprint
        guard blueprint.router == .chosenOfSoftmax(normalized: true) else {
            throw .notCarried("norm_topk_prob false", "a qwen3moe GGUF always normalizes routing weights")
        }
        if let layer = blueprint.layers.firstIndex(where: { $0.expertCount == 0 }) {
            throw .notCarried(
                "mlp_only_layers, decoder_sparse_step",
                "layer \(layer) is dense, and a qwen3moe GGUF has no dense layers")
        }
        if blueprint.layers.contains(where: { $0.window != nil }) {
            throw .notCarried("use_sliding_window true", "a qwen3moe GGUF has no windows")
        }
        for layer in blueprint.layers.indices where model.tensors[Role(.attentionOutputBias, layer: layer)] != nil {
            throw .notCarried("attention_bias true", "a qwen3moe GGUF has no bias after the attention output")
        }
        return try commonGGUFKeys(blueprint).map { (ggufArchitecture + "." + $0.0, $0.1) }
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil)
        let count = try keys.expertCount(in: 0...Hyperparameters.expertLimit, default: 128)
        let active = try keys.integer("num_experts_per_tok", in: 1...Hyperparameters.expertLimit, default: 8)
        let width = try keys.integer("moe_intermediate_size", default: 768)
        let denseWidth = try keys.integer("intermediate_size", default: 6144)
        let dense = try denseLayers(&keys, common.layers, experts: count)
        if dense.contains(false), active > count {
            throw keys.bad("num_experts_per_tok", "\(active)", "at most the \(count) experts")
        }
        let isWindowed = try keys.boolean("use_sliding_window", default: false)
        let window = keys.mentions("sliding_window") ? try keys.integer("sliding_window") : 4096
        let normalized = try keys.boolean("norm_topk_prob", default: false)
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let hasBias = try keys.boolean("attention_bias", default: false)
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength)
        let layers = dense.map {
            LayerBlueprint(
                window: isWindowed ? window : nil,
                feedForward: $0
                    ? .dense(width: denseWidth) : .experts(count: count, active: active, width: width))
        }
        let biases: Set<Role.Part> = [.queryBias, .keyBias, .valueBias, .attentionOutputBias]
        return Reading(
            blueprint: blueprint(common, rotary, normalized: normalized, tied: tied, layers),
            required: hasBias ? biases : [], forbidden: hasBias ? [] : biases)
    }

    /// Which layers are dense: those listed, and those between every `decoder_sparse_step`-th.
    private func denseLayers(
        _ keys: inout Hyperparameters, _ layers: Int, experts: Int
    ) throws(BindingError) -> [Bool] {
        let step = try keys.integer("decoder_sparse_step", default: 1)
        let listed = keys.value("mlp_only_layers")
        guard let list = listed?.asArray ?? (listed == nil ? [] : nil) else {
            throw keys.bad("mlp_only_layers", listed ?? .null, "a list of layers")
        }
        var only: Set<Int> = []
        for element in list {
            guard let layer = element.asInteger else { throw keys.bad("mlp_only_layers", element, "a layer") }
            only.insert(layer)
        }
        return (0..<layers).map { only.contains($0) || experts == 0 || ($0 + 1) % step != 0 }
    }

    private static let defaults = CommonNumbers(
        layers: 24, hiddenSize: 2048, vocabularyCount: 151936, contextLength: 32768, headCount: 32,
        keyValueHeadCount: 4, headDimension: 64, normEpsilon: 1e-6)

    private func blueprint(
        _ common: CommonNumbers, _ rotary: RotaryRule, normalized: Bool, tied: Bool, _ layers: [LayerBlueprint]
    ) -> Blueprint {
        common.blueprint(
            family: name, rotary: rotary, router: .chosenOfSoftmax(normalized: normalized), activation: .swiglu,
            tiedEmbeddings: tied, layers: layers)
    }

    // MARK: Names

    public func slots(_ naming: Naming) -> [TensorSlot] {
        switch naming {
        case .gguf: Self.ggufSlots
        case .huggingFace: Self.huggingFaceSlots
        }
    }

    private static let ggufSlots: [TensorSlot] =
        [TensorSlot(.embedding, "token_embd.weight")]
        + [
            TensorSlot(.attentionNorm, "attn_norm.weight"),
            TensorSlot(.query, "attn_q.weight"), TensorSlot(.queryBias, "attn_q.bias", optional: true),
            TensorSlot(.queryNorm, "attn_q_norm.weight"),
            TensorSlot(.key, "attn_k.weight"), TensorSlot(.keyBias, "attn_k.bias", optional: true),
            TensorSlot(.keyNorm, "attn_k_norm.weight"),
            TensorSlot(.value, "attn_v.weight"), TensorSlot(.valueBias, "attn_v.bias", optional: true),
            TensorSlot(.attentionOutput, "attn_output.weight"),
            TensorSlot(.feedForwardNorm, "ffn_norm.weight"),
            TensorSlot(.router, "ffn_gate_inp.weight"),
            TensorSlot(.gate, "ffn_gate_exps.weight", experts: .stacked),
            TensorSlot(.up, "ffn_up_exps.weight", experts: .stacked),
            TensorSlot(.down, "ffn_down_exps.weight", experts: .stacked),
        ].map { $0.prefixed("blk.{layer}.") }
        + [
            TensorSlot(.finalNorm, "output_norm.weight"), TensorSlot(.output, "output.weight", optional: true),
        ]

    private static let huggingFaceSlots: [TensorSlot] =
        [TensorSlot(.embedding, "model.embed_tokens.weight")]
        + [
            TensorSlot(.attentionNorm, "input_layernorm.weight"),
            TensorSlot(.query, "self_attn.q_proj.weight"),
            TensorSlot(.queryBias, "self_attn.q_proj.bias", optional: true),
            TensorSlot(.queryNorm, "self_attn.q_norm.weight"),
            TensorSlot(.key, "self_attn.k_proj.weight"),
            TensorSlot(.keyBias, "self_attn.k_proj.bias", optional: true),
            TensorSlot(.keyNorm, "self_attn.k_norm.weight"),
            TensorSlot(.value, "self_attn.v_proj.weight"),
            TensorSlot(.valueBias, "self_attn.v_proj.bias", optional: true),
            TensorSlot(.attentionOutput, "self_attn.o_proj.weight"),
            TensorSlot(.attentionOutputBias, "self_attn.o_proj.bias", optional: true),
            TensorSlot(.feedForwardNorm, "post_attention_layernorm.weight"),
            TensorSlot(.router, "mlp.gate.weight"),
            TensorSlot(.gate, "mlp.experts.{expert}.gate_proj.weight", experts: .separate),
            TensorSlot(.up, "mlp.experts.{expert}.up_proj.weight", experts: .separate),
            TensorSlot(.down, "mlp.experts.{expert}.down_proj.weight", experts: .separate),
            // Dense layers.
            TensorSlot(.gate, "mlp.gate_proj.weight"), TensorSlot(.up, "mlp.up_proj.weight"),
            TensorSlot(.down, "mlp.down_proj.weight"),
        ].map { $0.prefixed("model.layers.{layer}.") }
        + [TensorSlot(.finalNorm, "model.norm.weight"), TensorSlot(.output, "lm_head.weight", optional: true)]
}
