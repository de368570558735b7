import Documents
import Inference
import Storage

/// Mixtral: Llama's attention, and experts whose chosen shares are brought to a sum of 1.
///
/// - Source: transformers, `models/mixtral`; llama.cpp, `models/llama.cpp`; Jiang et al., 2024, Mixtral of Experts.
public struct Mixtral: Family {
    public let name = "mixtral"
    public let ggufArchitecture = "llama"
    public let modelTypes = ["mixtral"]
    public let classNames = ["MixtralForCausalLM"]
    /// Noise on the router's inputs is for training.
    public let configurationKeysIgnored: Set<String> = ["router_jitter_noise"]
    public let ggufNeedsOutput = false

    public init() {}

    public func claims(gguf metadata: Metadata) -> Bool { LlamaArchitecture.hasExperts(metadata) }
    public func rotaryRows(_ naming: Naming) -> RotaryRows { LlamaArchitecture.rotaryRows(naming) }

    // MARK: GGUF

    public func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(gguf: &keys)
        let experts = try RoutedExperts(gguf: &keys, layers: common.layers)
        let width = try experts.width(&keys)
        try keys.expect("expert_weights_norm", [true])
        let rotary = try keys.rotary(ggufTruncates: ggufTruncatesYarn, contextLength: common.contextLength)
        return Reading(blueprint: blueprint(common, rotary, tied: true, experts.layers(width: width)))
    }

    public func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try LlamaArchitecture.keys(self, model)
    }

    // MARK: config.json

    public func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading {
        let common = try CommonNumbers(configuration: &keys, defaults: Self.defaults, head: nil)
        let count = try keys.expertCount(in: 1...Hyperparameters.expertLimit, default: 8)
        let active = try keys.integer("num_experts_per_tok", in: 1...count, default: min(2, count))
        let width = try keys.integer("intermediate_size", default: 14336)
        let window = try keys.integer("sliding_window")
        try keys.expect("hidden_act", ["silu"])
        try keys.expectQuantization([])
        let tied = try keys.boolean("tie_word_embeddings", default: false)
        let rotary = try keys.rotary(
            defaultTheta: 1_000_000, defaultScaling: .none, contextLength: common.contextLength,
            headDimension: common.headDimension)
        let layer = LayerBlueprint(window: window, feedForward: .experts(count: count, active: active, width: width))
        return Reading(
            blueprint: blueprint(common, rotary, tied: tied, Array(repeating: layer, count: common.layers)))
    }

    private static let defaults = CommonNumbers(
        layers: 32, hiddenSize: 4096, vocabularyCount: 32000, contextLength: 131072, headCount: 32,
        keyValueHeadCount: 8, headDimension: 128, normEpsilon: 1e-5)

    private func blueprint(
        _ common: CommonNumbers, _ rotary: RotaryRule, tied: Bool, _ layers: [LayerBlueprint]
    ) -> Blueprint {
        common.blueprint(
            family: name, rotary: rotary, router: .chosenOfSoftmax(normalized: true), tiedEmbeddings: tied,
            layers: layers)
    }

    // MARK: Names

    public func slots(_ naming: Naming) -> [TensorSlot] { naming == .gguf ? Self.ggufSlots : Self.huggingFaceSlots }

    private static let ggufSlots = TensorSlot.gguf(
        TensorSlot.ggufAttention() + TensorSlot.ggufExperts, globals: [LlamaArchitecture.divisors])

    private static let huggingFaceSlots = TensorSlot.huggingFace(
        TensorSlot.huggingFaceAttention()
            + TensorSlot.huggingFaceExperts("block_sparse_moe", gate: "w1", up: "w3", down: "w2"))
}
