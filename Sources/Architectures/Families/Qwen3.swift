import Documents
import Inference
import Storage

/// Qwen3: norms on queries and keys, dense layers, in some variants windows on the later ones.
///
/// - Source: transformers, `models/qwen3`; llama.cpp, `models/qwen3.cpp`.
public struct Qwen3: Family {
    public let name = "qwen3"
    public let ggufArchitecture = "qwen3"
    public let modelTypes = ["qwen3"]
    public let classNames = ["Qwen3ForCausalLM"]
    public let ggufNeedsOutput = false

    public init() {}

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        try denseBlueprint(gguf: &keys)
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try refuseWindows(model.blueprint)
        try refuseOutputBias(model)
        return try prefixedGGUFKeys(model.blueprint)
    }

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let head: Int? = keys.mentions("head_dim") ? nil : 128
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: head)
        let width = try keys.integer("intermediate_size", default: 22016)
        let windows = try keys.qwenWindows(common.layers) { layer, most in layer >= most }
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let hasBias = try keys.boolean("attention_bias", default: false)
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        return Reading(
            blueprint: common.blueprint(
                family: name, rotary: rotary, tiedEmbeddings: tied,
                layers: windows.map { LayerBlueprint(window: $0, feedForward: .dense(width: width)) }),
            biases: .attentionBiases, areThere: hasBias)
    }

    private static let defaults = CommonNumbers(
        layers: 32, hiddenSize: 4096, vocabularyCount: 151936, contextLength: 32768, headCount: 32,
        keyValueHeadCount: 32, headDimension: 128, normEpsilon: 1e-6)

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(
        TensorSlot.ggufAttention(norms: true) + TensorSlot.dense("ffn_gate", "ffn_up", "ffn_down"))

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention(norms: true, outputBias: true)
            + TensorSlot.dense("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"))
}
