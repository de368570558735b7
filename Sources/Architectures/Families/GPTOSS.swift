import Documents
import Inference
import Storage

/// gpt-oss: attention sinks, windows on some layers, biases everywhere, YaRN, clamped gates.
///
/// - Source: transformers, `models/gpt_oss`; llama.cpp, `models/openai-moe.cpp`; the model card of gpt-oss.
public struct GPTOSS: Family {
    public let name = "gpt-oss"
    public let ggufArchitecture = "gpt-oss"
    public let modelTypes = ["gpt_oss"]
    public let classNames = ["GptOssForCausalLM"]
    public let ggufKeysIgnored: Set<String> = ["rope.scaling.finetuned", "tensor_data_layout", "feed_forward_length"]
    /// `experts_per_token` and `initial_context_length` are older names which transformers does not read.
    public let configurationKeysIgnored: Set<String> = ["experts_per_token", "initial_context_length"]
    /// The reference computes YaRN's ramp between unrounded ends.
    public let ggufTruncatesYarn = false
    public let ggufNeedsOutput = true

    /// What llama.cpp computes whatever the file says.
    static let activation = Activation.clampedSwiglu(alpha: 1.702, limit: 7)

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let experts = try RoutedExperts(gguf: &keys, layers: common.layers, gating: .softmaxOfChosen)
        let width = try keys.uniform("expert_feed_forward_length", layers: common.layers, default: nil)
        let window = try keys.integer("attention.sliding_window", in: 0...Hyperparameters.sizeLimit, default: nil)
        let windowed = try windowedLayers(&keys, common.layers)
        let layers = (0..<common.layers).map { layer in
            LayerBlueprint(
                window: windowed[layer] && window > 0 ? window : nil,
                feedForward: .experts(count: experts.count, active: experts.active[layer], width: width))
        }
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        return Reading(blueprint: blueprint(common, rotary, Self.activation, tied: true, layers))
    }

    /// Which layers are windowed: a list of one value a layer, or a period whose last layer is not.
    private func windowedLayers(_ keys: inout Hyperparameters, _ layers: Int) throws(BindingError) -> [Bool] {
        let key = "attention.sliding_window_pattern"
        let value = keys.value(key)
        guard let list = value?.asArray else {
            let period = try keys.integer(key, in: 0...Hyperparameters.sizeLimit) ?? 2
            return (0..<layers).map { period == 0 || $0 % period < period - 1 }
        }
        let flags = list.map { $0.asBoolean ?? ($0.asInteger.map { $0 != 0 } ?? false) }
        guard flags.count == layers else { throw keys.bad(key, "\(flags.count) values", "one a layer, \(layers)") }
        return flags
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        let blueprint = model.blueprint
        guard blueprint.activation == Self.activation else {
            throw .notCarried("swiglu_alpha, swiglu_limit", "llama.cpp computes gpt-oss with 1.702 and 7 only")
        }
        for layer in blueprint.layers.indices where model.tensors[Role(.attentionOutputBias, layer: layer)] == nil {
            throw .notCarried("attention_bias false", "a gpt-oss GGUF has a bias after each attention output")
        }
        let windows = blueprint.layers.map(\.window)
        guard let window = Set(windows.compactMap(\.self)).only(or: blueprint.contextLength) else {
            throw .notCarried("layer_types", "windows differ in length between layers, and GGUF has one length")
        }
        var keys = try commonGGUFKeys(blueprint)
        keys.append(("attention.sliding_window", .uint32(UInt32(clamping: window))))
        if windows.indices.contains(where: { (windows[$0] != nil) != ($0 % 2 == 0) }) {
            keys.append(("attention.sliding_window_pattern", .array(MetadataArray(windows.map { $0 != nil }))))
        }
        return keys.map { (ggufArchitecture + "." + $0.0, $0.1) }
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let head: Int? = keys.mentions("head_dim") ? nil : 64
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: head)
        let count = try keys.expertCount(in: 1...Hyperparameters.expertLimit, default: 128)
        let active = try keys.integer("num_experts_per_tok", in: 1...count, default: min(4, count))
        let width = try keys.integer("intermediate_size", default: 2880)
        let windowed = try keys.layerTypes(common.layers) ?? (0..<common.layers).map { $0 % 2 == 0 }
        let window = keys.mentions("sliding_window") ? try keys.integer("sliding_window") : 128
        if windowed.contains(true), window == nil { throw keys.bad("sliding_window", .null, "a length") }
        let alpha = try keys.positive("swiglu_alpha", default: 1.702)
        let limit = try keys.positive("swiglu_limit", default: 7)
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization(["mxfp4"])
        let hasBias = try keys.boolean("attention_bias", default: true)
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let yarn = RotaryRule.Yarn(factor: 32, originalContext: 4096, truncated: false)
        let rotary = try keys.rotary(
            defaultTheta: 150000, defaultScaling: .yarn(yarn), contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layers = windowed.map {
            LayerBlueprint(window: $0 ? window : nil, feedForward: .experts(count: count, active: active, width: width))
        }
        let activation = Activation.clampedSwiglu(alpha: alpha, limit: limit)
        return Reading(
            blueprint: blueprint(common, rotary, activation, tied: tied, layers),
            biases: .attentionBiases, areThere: hasBias)
    }

    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        let blueprint = model.blueprint
        var values = commonConfiguration(blueprint, hasAttentionBias: model.hasAttentionBias)
        let windows = blueprint.layers.map(\.window)
        guard let window = Set(windows.compactMap(\.self)).only(or: 128),
            case .clampedSwiglu(_, let limit) = blueprint.activation
        else {
            throw .notCarried("layer_types", "windows differ in length between layers, and config.json has one length")
        }
        let first = blueprint.layers[0]
        for (key, number) in [
            ("num_local_experts", first.expertCount), ("num_experts_per_tok", first.activeExpertCount),
            ("intermediate_size", first.feedForwardWidth), ("sliding_window", window),
        ] {
            values[key] = .number(JSONNumber(number))
        }
        values["layer_types"] = .array(windows.map { $0 == nil ? "full_attention" : "sliding_attention" })
        values["swiglu_limit"] = JSON(shortest: limit)
        // Without a word about it the family has YaRN.
        if case .none = blueprint.rotary.scaling { values["rope_scaling"] = ["rope_type": "default"] }
        return values
    }

    private static let defaults = CommonNumbers(
        layers: 36, hiddenSize: 2880, vocabularyCount: 201088, contextLength: 131072, headCount: 64,
        keyValueHeadCount: 8, headDimension: 64, normEpsilon: 1e-5)

    private func blueprint(
        _ common: CommonNumbers, _ rotary: RotaryRule, _ activation: Activation, tied: Bool, _ layers: [LayerBlueprint]
    ) -> Blueprint {
        common.blueprint(
            family: name, rotary: rotary, router: .softmaxOfChosen, activation: activation, tiedEmbeddings: tied,
            layers: layers)
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
            TensorSlot(.key, "attn_k.weight"), TensorSlot(.keyBias, "attn_k.bias", optional: true),
            TensorSlot(.value, "attn_v.weight"), TensorSlot(.valueBias, "attn_v.bias", optional: true),
            TensorSlot(.sinks, "attn_sinks.weight"),
            TensorSlot(.attentionOutput, "attn_output.weight"), TensorSlot(.attentionOutputBias, "attn_output.bias"),
            TensorSlot(.feedForwardNorm, "post_attention_norm.weight"),
            TensorSlot(.router, "ffn_gate_inp.weight"), TensorSlot(.routerBias, "ffn_gate_inp.bias"),
            TensorSlot.ggufExpert(.gate, "ffn_gate"),
            TensorSlot(.gateBias, "ffn_gate_exps.bias", experts: .stacked),
            TensorSlot.ggufExpert(.up, "ffn_up"),
            TensorSlot(.upBias, "ffn_up_exps.bias", experts: .stacked),
            TensorSlot.ggufExpert(.down, "ffn_down"),
            TensorSlot(.downBias, "ffn_down_exps.bias", experts: .stacked),
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
            TensorSlot(.key, "self_attn.k_proj.weight"),
            TensorSlot(.keyBias, "self_attn.k_proj.bias", optional: true),
            TensorSlot(.value, "self_attn.v_proj.weight"),
            TensorSlot(.valueBias, "self_attn.v_proj.bias", optional: true),
            TensorSlot(.sinks, "self_attn.sinks"),
            TensorSlot(.attentionOutput, "self_attn.o_proj.weight"),
            TensorSlot(.attentionOutputBias, "self_attn.o_proj.bias", optional: true),
            TensorSlot(.feedForwardNorm, "post_attention_layernorm.weight"),
            TensorSlot(.router, "mlp.router.weight"), TensorSlot(.routerBias, "mlp.router.bias"),
            // Row 2i is row i of gate, row 2i + 1 row i of up.
            TensorSlot(
                [.gate, .up],
                [
                    TensorForm("mlp.experts.gate_up_proj", experts: .stacked, arrangement: .transposed),
                    TensorForm("mlp.experts.gate_up_proj_blocks", experts: .stacked, arrangement: .blocksAndScales),
                ]),
            TensorSlot([.gateBias, .upBias], [TensorForm("mlp.experts.gate_up_proj_bias", experts: .stacked)]),
            TensorSlot(
                [.down],
                [
                    TensorForm("mlp.experts.down_proj", experts: .stacked, arrangement: .transposed),
                    TensorForm("mlp.experts.down_proj_blocks", experts: .stacked, arrangement: .blocksAndScales),
                ]),
            TensorSlot(.downBias, "mlp.experts.down_proj_bias", experts: .stacked),
        ].map { $0.prefixed("model.layers.{layer}.") }
        + [TensorSlot(.finalNorm, "model.norm.weight"), TensorSlot(.output, "lm_head.weight", optional: true)]
}
