import Formats
import Inference
import Kernels
import Storage
import Tensors

/// Turns a model back into a GGUF file: roles become names, and what the file cannot say is refused before anything is
/// written.
///
/// From a GGUF checkpoint, metadata and the order of tensors are carried over, and only what an edit changed is
/// patched.
/// From a Hugging Face folder, hyperparameters and tokenizer are translated.
public struct CheckpointWriter: Sendable {
    /// The metadata and the tensors, ready to be streamed.
    public let file: GGUFWriter

    /// Plans the file of a model.
    /// - Parameters:
    ///   - model: the checkpoint's model, perhaps with fewer experts and with other matrices.
    ///   - checkpoint: where the model comes from.
    ///   - keepsMixedApart: whether experts of one stack that differ in format become tensors of their own, which Lancet
    ///     reads and llama.cpp does not; otherwise they are refused.
    ///   - fileType: the number of the recipe that its formats follow; without, that of the prevailing format.
    /// - Throws: `BindingError` naming what GGUF cannot carry, with the remedy.
    /// - Complexity: O(roles), and of a folder's tokenizer; no weights are read.
    public init(
        _ model: Model, from checkpoint: Checkpoint, fileType: UInt32? = nil, keepsMixedApart: Bool = false
    ) throws(BindingError) {
        try SaveCheck(model: model, declared: checkpoint.declared).run()
        var model = model
        // The rope mode is the reader's choice, not the checkpoint's.
        model.blueprint.rotary = checkpoint.declared.rotary
        let plans = TensorPlans(model: model, family: checkpoint.family, keepsMixedApart: keepsMixedApart)
        let tensors: [TensorPlan]
        var metadata: Metadata
        switch checkpoint.naming {
        case .gguf:
            tensors = try plans.patched(checkpoint.archive)
            metadata = try MetadataPatch(model: model, checkpoint: checkpoint).metadata(tensors, fileType: fileType)
        case .huggingFace:
            metadata = try MetadataTranslation(model: model, checkpoint: checkpoint).metadata()
            tensors = try plans.translated()
            FileType.describe(tensors, known: fileType, in: &metadata)
        }
        let version: UInt32 = if case .gguf(let version) = checkpoint.archive.container { version } else { 3 }
        file = GGUFWriter(metadata: metadata, tensors: tensors, version: version)
    }

    /// Bytes of all tensors.
    public var tensorBytes: Int { file.tensors.reduce(0) { $0 + ($1.byteCount ?? 0) } }

    /// Writes the file, whole or not at all.
    /// - Returns: its length in bytes.
    /// - Throws: `StorageError` (no space, a folder that cannot be written, a file that is mapped); `Interrupted`.
    @discardableResult
    public func write(to path: String) throws -> Int { try file.write(to: path) }
}

extension Checkpoint {
    /// Saves a model of this checkpoint as GGUF.
    /// - Returns: the file's length in bytes.
    /// - Throws: `BindingError` for what GGUF cannot carry; `StorageError`; `Interrupted`.
    @discardableResult
    public func save(_ model: Model, to path: String) throws -> Int {
        try CheckpointWriter(model, from: self).write(to: path)
    }
}
