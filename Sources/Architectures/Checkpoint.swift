import Documents
import Inference
import Storage
import Tensors

/// How the ends of YaRN's ramp are treated, where a user asks for it.
public enum RopeMode: String, Sendable, Hashable, CaseIterable {
    /// As the family's reference computes it.
    case reference
    /// Rounded, as llama.cpp does whatever the model: for comparisons with it.
    case truncated
}

/// An opened checkpoint: the archive, the family it was recognised as, and the model that its tensors make.
public struct Checkpoint: Sendable {
    /// The files.
    public let archive: Archive
    /// What the names and numbers were read by.
    public let family: any Family
    /// The model, every tensor a view over the archive.
    public let model: Model
    /// How YaRN is computed.
    public let ropeMode: RopeMode
    /// The blueprint as the files declare it, whatever the rope mode.
    let declared: Blueprint
    let text: TextFiles

    /// Whose names the archive's tensors bear.
    public var naming: Naming { archive.container == .safetensors ? .huggingFace : .gguf }

    /// Opens a GGUF file (also split), a safetensors file with its `config.json`, or a Hugging Face folder.
    ///
    /// - Throws: `BindingError`; a damaged file's `StorageError` comes as one, its code kept.
    /// - Complexity: O(tensors and experts); no tensor data are touched and no vocabulary is parsed.
    public static func open(_ path: String, rope: RopeMode = .reference) throws(BindingError) -> Checkpoint {
        let archive: Archive
        do { archive = try Archive.open(path) } catch { throw BindingError(error) }
        return try Checkpoint(archive, rope: rope)
    }

    /// Binds an archive to the family it belongs to.
    /// - Throws: `BindingError` for an unknown family or hyperparameter, or tensors that do not fit.
    public init(_ archive: Archive, rope: RopeMode = .reference) throws(BindingError) {
        let (family, reading) = try Self.read(archive)
        let packed = try Self.quantizationRule(of: archive).map { PackedTensors(archive: archive, rule: $0) }
        let naming: Naming = archive.container == .safetensors ? .huggingFace : .gguf
        var model = try Binder(archive: archive, family: family, naming: naming, reading: reading, packed: packed)
            .model()
        declared = model.blueprint
        if rope == .truncated, case .yarn(var yarn) = model.blueprint.rotary.scaling {
            yarn.truncated = true
            model.blueprint.rotary.scaling = .yarn(yarn)
        }
        PageUnits(model, files: archive.files).tell(archive.files)
        self.archive = archive
        self.family = family
        self.model = model
        ropeMode = rope
        text = TextFiles(archive, rows: declared.vocabularyCount)
    }

    private static func read(_ archive: Archive) throws(BindingError) -> (any Family, Reading) {
        switch archive.container {
        case .gguf: try readMetadata(archive)
        case .safetensors: try readConfiguration(archive)
        }
    }

    private static func quantizationRule(of archive: Archive) throws(BindingError) -> QuantizationRule? {
        guard let values = archive.configuration?.asObject else { return nil }
        return try QuantizationRule(
            Hyperparameters(
                file: (archive.folder ?? archive.path) + "/config.json", prefix: "", values: values))
    }

    private static func readMetadata(_ archive: Archive) throws(BindingError) -> (any Family, Reading) {
        guard let name = archive.metadata["general.architecture"]?.text else {
            throw BindingError(
                code: "binding.missing-hyperparameter", subject: "\(archive.path), general.architecture",
                message: "it is missing", remedy: "this is not a model's GGUF: open the file that holds the weights")
        }
        if let type = archive.metadata["general.type"]?.text, type != "model" {
            throw BindingError(
                code: "binding.unknown-architecture", subject: archive.path,
                message: "the file holds a \(type), not a model",
                remedy: "open the model that it belongs to")
        }
        let family = try Families.named(ggufArchitecture: name, archive.metadata, file: archive.path)
        var keys = Hyperparameters(
            metadata: archive.metadata, architecture: name, file: archive.path,
            embeddingRows: archive["token_embd.weight"].flatMap { $0.shape.count == 2 ? $0.shape[0] : nil })
        let reading = try family.blueprint(gguf: &keys)
        try keys.finish(ignoring: family.ggufKeysIgnored)
        let tokens = archive.metadata["tokenizer.ggml.tokens"]?.array?.count ?? 0
        guard tokens <= reading.blueprint.vocabularyCount else {
            throw BindingError(
                code: "binding.shape", subject: "\(archive.path), tokenizer.ggml.tokens",
                message: "\(tokens) tokens, but the embedding has \(reading.blueprint.vocabularyCount) rows",
                remedy: "the checkpoint's parts do not belong together: take it from its source again")
        }
        return (family, reading)
    }

    private static func readConfiguration(_ archive: Archive) throws(BindingError) -> (any Family, Reading) {
        let file = (archive.folder ?? archive.path) + "/config.json"
        guard let configuration = archive.configuration else {
            throw BindingError(
                code: "binding.no-configuration", subject: file, message: "there is no such file",
                remedy: "put the model's config.json beside its tensors")
        }
        guard let values = configuration.asObject else {
            throw BindingError(
                code: "binding.hyperparameter", subject: file,
                message: "\(configuration.kind) where an object is expected",
                remedy: "take config.json from the model's source again")
        }
        let classes = (values["architectures"]?.asArray ?? []).compactMap(\.asString)
        let family = try Families.named(modelType: values["model_type"]?.asString, classes: classes, file: file)
        var keys = Hyperparameters(file: file, prefix: "", values: values)
        let reading = try family.blueprint(configuration: &keys)
        try keys.finish(ignoring: ConfigurationKeys.harmless.union(family.configurationKeysIgnored))
        return (family, reading)
    }
}
