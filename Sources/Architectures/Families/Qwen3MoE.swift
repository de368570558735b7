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
    /// `max_window_layers` and `layer_types` belong to other Qwen families; transformers does not read them here.
    public let configurationKeysIgnored: Set<String> = ["max_window_layers", "layer_types"]
    public let ggufNeedsOutput = false

    public init() {}

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let experts = try RoutedExperts(gguf: &keys, layers: common.layers)
        let width = try experts.ownWidth(&keys)
        try keys.expect("expert_weights_norm", [true])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        return Reading(blueprint: blueprint(common, rotary, normalized: true, tied: true, experts.layers(width: width)))
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        let blueprint = model.blueprint
        guard blueprint.router == .chosenOfSoftmax(normalized: true) else {
            throw .notCarried("norm_topk_prob false", "a qwen3moe GGUF always normalizes routing weights")
        }
        try refuseDenseLayers(blueprint)
        if blueprint.layers.contains(where: { $0.window != nil }) {
            throw .notCarried("use_sliding_window true", "a qwen3moe GGUF has no windows")
        }
        try refuseOutputBias(model)
        return try commonGGUFKeys(blueprint).map { (ggufArchitecture + "." + $0.0, $0.1) }
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil)
        let count = try keys.expertCount(in: 0...Hyperparameters.expertLimit, default: 128)
        let active = try keys.integer("num_experts_per_tok", in: 1...Hyperparameters.expertLimit, default: 8)
        let width = try keys.integer("moe_intermediate_size", default: 768)
        let denseWidth = try keys.integer("intermediate_size", default: 6144)
        let dense = try keys.denseLayers(common.layers, experts: count)
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
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layers = dense.map {
            LayerBlueprint(
                window: isWindowed ? window : nil,
                feedForward: $0
                    ? .dense(width: denseWidth) : .experts(count: count, active: active, width: width))
        }
        return Reading(
            blueprint: blueprint(common, rotary, normalized: normalized, tied: tied, layers),
            biases: .attentionBiases, areThere: hasBias)
    }

    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        let blueprint = model.blueprint
        var values = commonConfiguration(blueprint, hasAttentionBias: model.hasAttentionBias)
        let dense = blueprint.layers.indices.filter { blueprint.layers[$0].expertCount == 0 }
        let sparse = blueprint.expertLayers.first.map { blueprint.layers[$0] }
        guard let window = Set(blueprint.layers.map(\.window)).only(or: nil) else {
            throw .notCarried("sliding_window", "windows differ between layers, and config.json has one")
        }
        guard case .chosenOfSoftmax(let normalized) = blueprint.router else {
            throw .notCarried("norm_topk_prob", "the router follows another rule")
        }
        let width = sparse?.feedForwardWidth ?? 1
        for (key, number) in [
            ("num_experts", sparse?.expertCount ?? 0), ("num_experts_per_tok", sparse?.activeExpertCount ?? 1),
            ("moe_intermediate_size", width),
            ("intermediate_size", dense.first.map { blueprint.layers[$0].feedForwardWidth } ?? width),
            ("decoder_sparse_step", 1),
        ] {
            values[key] = .number(JSONNumber(number))
        }
        values["mlp_only_layers"] = .array(dense.map { .number(JSONNumber($0)) })
        values["norm_topk_prob"] = .boolean(normalized)
        values["use_sliding_window"] = .boolean(window != nil)
        values["sliding_window"] = window.map { .number(JSONNumber($0)) } ?? .null
        return values
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

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(TensorSlot.ggufAttention(norms: true) + TensorSlot.ggufExperts)

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention(norms: true, outputBias: true) + TensorSlot.huggingFaceExperts()
            + TensorSlot.dense("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"))
}
