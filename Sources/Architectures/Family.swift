import Documents
import Inference
import Storage

/// One family of models: everything that Lancet knows about how its checkpoints are spelled.
///
/// A family translates names and numbers at the two doors, in and out; behind them a model has only roles and a
/// blueprint.
public protocol Family: Sendable {
    /// The name that is shown, such as `gpt-oss`.
    var name: String { get }
    /// The value of `general.architecture`, which is also the prefix of the family's GGUF keys.
    var ggufArchitecture: String { get }
    /// Values of `model_type` in `config.json`.
    var modelTypes: [String] { get }
    /// Values of `architectures` in `config.json`.
    var classNames: [String] { get }
    /// Keys below the architecture's prefix that do not change the computation.
    var ggufKeysIgnored: Set<String> { get }
    /// Keys of `config.json`, beyond those that every family ignores, that do not change the computation.
    var configurationKeysIgnored: Set<String> { get }
    /// Whether a GGUF of this family, which cannot say so, is read as rounding the ends of YaRN's ramp.
    var ggufTruncatesYarn: Bool { get }
    /// Whether a GGUF of the architecture is one of this family; several families may share an architecture.
    func claims(gguf metadata: Metadata) -> Bool
    /// How the rows of query and key matrices lie in checkpoints of a spelling.
    func rotaryRows(_ naming: Naming) -> RotaryRows
    /// Whether llama.cpp wants an output matrix of its own even where it is the embedding.
    var ggufNeedsOutput: Bool { get }

    /// The blueprint that GGUF metadata describe, before tensors are looked at.
    /// - Throws: `BindingError` naming the key.
    func blueprint(gguf keys: inout Hyperparameters) throws(BindingError) -> Reading
    /// The blueprint that a `config.json` describes.
    /// - Throws: `BindingError` naming the key.
    func blueprint(configuration keys: inout Hyperparameters) throws(BindingError) -> Reading
    /// The tensors of a checkpoint, in the order in which they are written.
    func slots(_ naming: Naming) -> [TensorSlot]
    /// The GGUF keys that describe a blueprint, the architecture's prefix included.
    /// - Throws: `BindingError` naming what GGUF cannot carry.
    func ggufKeys(_ model: Model) throws(BindingError) -> [(key: String, value: MetadataValue)]
    /// The `config.json` that describes a model, its quantization, types and marks apart.
    /// - Throws: `BindingError` naming what a configuration of the family cannot say.
    func configuration(_ model: Model) throws(BindingError) -> JSONObject
}

extension Family {
    public func claims(gguf metadata: Metadata) -> Bool { true }
    public func rotaryRows(_ naming: Naming) -> RotaryRows { .halves }
    public var ggufKeysIgnored: Set<String> { ["rope.scaling.finetuned", "tensor_data_layout"] }
    public var configurationKeysIgnored: Set<String> { [] }
    /// transformers rounds YaRN's ramp unless the configuration says otherwise, and released ones do not.
    public var ggufTruncatesYarn: Bool { true }
}

/// Whose spelling of tensor names.
public enum Naming: Sendable, Hashable, CaseIterable {
    /// `blk.2.ffn_gate_inp.weight`.
    case gguf
    /// `model.layers.2.mlp.gate.weight`.
    case huggingFace
}

/// What hyperparameters say about a model.
public struct Reading: Sendable {
    /// Its numbers and rules; `tiedEmbeddings` as declared.
    public var blueprint: Blueprint
    /// Optional parts that must be there nonetheless, because a key says so.
    public var required: Set<Role.Part>
    /// Optional parts that must not be there.
    public var forbidden: Set<Role.Part>

    public init(blueprint: Blueprint, required: Set<Role.Part> = [], forbidden: Set<Role.Part> = []) {
        self.blueprint = blueprint
        self.required = required
        self.forbidden = forbidden
    }

    /// What a configuration says that has a switch for some biases.
    init(blueprint: Blueprint, biases: Set<Role.Part>, areThere: Bool) {
        self.init(blueprint: blueprint, required: areThere ? biases : [], forbidden: areThere ? [] : biases)
    }
}
