import Documents
import Inference
import Storage

/// Llama 2 and 3, and Mistral: dense layers, in Mistral 7B windows. A GGUF keeps rotary pairs side by side.
///
/// - Source: transformers, `models/llama` and `models/mistral`; llama.cpp, `models/llama.cpp` and
///   `conversion/llama.py`.
public struct Llama: Family {
    public let name = "llama"
    public let ggufArchitecture = "llama"
    public let modelTypes = ["llama", "mistral"]
    public let classNames = ["LlamaForCausalLM", "MistralForCausalLM", "LLaMAForCausalLM"]
    /// `pretraining_tp` cuts products into parts that are added up again; Mistral's code reads no `layer_types`.
    public let configurationKeysIgnored: Set<String> = ["pretraining_tp"]
    public let ggufNeedsOutput = false

    public init() {}

    public func claims(gguf metadata: Metadata) -> Bool { !LlamaArchitecture.hasExperts(metadata) }
    public func rotaryRows(_ naming: Naming) -> RotaryRows { LlamaArchitecture.rotaryRows(naming) }

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        try denseBlueprint(gguf: &keys)
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try LlamaArchitecture.keys(self, model)
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let classes = keys.value("architectures")?.asArray ?? ["LlamaForCausalLM"]
        let isMistral =
            try keys.text("model_type").map { $0 == "mistral" } ?? (classes[...].first == "MistralForCausalLM")
        let common = try CommonNumbers(
            configuration: &keys, defaults: isMistral ? Self.mistral : Self.defaults, head: nil,
            groups: isMistral ? 8 : nil)
        let width = try keys.integer("intermediate_size", default: isMistral ? 14336 : 11008)
        let window = try window(&keys, isMistral)
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layer = LayerBlueprint(window: window, feedForward: .dense(width: width))
        var reading = Reading(
            blueprint: common.blueprint(
                family: name, rotary: rotary, tiedEmbeddings: tied,
                layers: Array(repeating: layer, count: common.layers)))
        let choices: [(String, Set<Role.Part>)] = [
            ("attention_bias", .attentionBiases),
            ("mlp_bias", [.gateBias, .upBias, .downBias]),
        ]
        for (key, parts) in choices {
            if try keys.boolean(key, default: false) {
                reading.required.formUnion(parts)
            } else {
                reading.forbidden.formUnion(parts)
            }
        }
        return reading
    }

    /// Mistral's window over all layers; Llama has none.
    private func window(_ keys: inout Hyperparameters, _ isMistral: Bool) throws(BindingError) -> Int? {
        guard isMistral else {
            try keys.expect("sliding_window", [])
            return nil
        }
        _ = keys.value("layer_types")
        return keys.mentions("sliding_window") ? try keys.integer("sliding_window") : 4096
    }

    private static let defaults = CommonNumbers(
        layers: 32, hiddenSize: 4096, vocabularyCount: 32000, contextLength: 2048, headCount: 32,
        keyValueHeadCount: 32, headDimension: 128, normEpsilon: 1e-6)
    private static let mistral = CommonNumbers(
        layers: 32, hiddenSize: 4096, vocabularyCount: 32000, contextLength: 131072, headCount: 32,
        keyValueHeadCount: 8, headDimension: 128, normEpsilon: 1e-6)

    // MARK: Names

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(
        TensorSlot.ggufAttention(outputBias: true)
            + TensorSlot.dense("ffn_gate", "ffn_up", "ffn_down", biases: true),
        globals: [LlamaArchitecture.divisors])

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention(outputBias: true)
            + TensorSlot.dense("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", biases: true))
}
