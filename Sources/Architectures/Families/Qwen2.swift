import Documents
import Inference
import Storage

/// Qwen2 and Qwen2.5: biases on queries, keys and values, dense layers, in some variants windows on the later ones.
///
/// - Source: transformers, `models/qwen2`; llama.cpp, `models/qwen2.cpp`.
public struct Qwen2: Family {
    public let name = "qwen2"
    public let ggufArchitecture = "qwen2"
    public let modelTypes = ["qwen2"]
    public let classNames = ["Qwen2ForCausalLM"]
    public let ggufNeedsOutput = false

    public init() {}

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        var reading = try denseBlueprint(gguf: &keys)
        reading.required = .queryKeyValueBiases
        return reading
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try refuseWindows(model.blueprint)
        try refuseFreeHeads(model.blueprint)
        return try prefixedGGUFKeys(model.blueprint)
    }

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil)
        let width = try keys.integer("intermediate_size", default: 22016)
        let windows = try keys.qwenWindows(common.layers) { layer, most in layer >= most }
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 10000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        return Reading(
            blueprint: common.blueprint(
                family: name, rotary: rotary, tiedEmbeddings: tied,
                layers: windows.map { LayerBlueprint(window: $0, feedForward: .dense(width: width)) }),
            required: .queryKeyValueBiases)
    }

    private static let defaults = CommonNumbers(
        layers: 32, hiddenSize: 4096, vocabularyCount: 151936, contextLength: 32768, headCount: 32,
        keyValueHeadCount: 32, headDimension: 128, normEpsilon: 1e-6)

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(
        TensorSlot.ggufAttention() + TensorSlot.dense("ffn_gate", "ffn_up", "ffn_down"))

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention() + TensorSlot.dense("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"))
}
