import Documents
import Inference
import Storage

/// Turns a model into a Hugging Face folder: safetensors, in shards where they are large, `config.json` and the tokenizer.
///
/// From a folder, configuration and tokenizer are carried over and only what an edit changed is patched; from a GGUF file
/// they are made from its metadata.
public struct FolderWriter: Sendable {
    /// The tensors, `config.json` and the tokenizer's files, ready to be streamed.
    public var folder: SafetensorsFolderWriter

    /// Plans the folder of a model.
    /// - Parameters:
    ///   - model: the checkpoint's model, perhaps with fewer experts and with other matrices.
    ///   - checkpoint: where the model comes from.
    /// - Throws: `BindingError` naming what a Hugging Face folder cannot carry, with the remedy.
    /// - Complexity: O(roles), and of the tokenizer; of weights only vectors and routers are read.
    public init(_ model: Model, from checkpoint: Checkpoint) throws(BindingError) {
        try SaveCheck(model: model, declared: checkpoint.declared).run()
        var model = model
        // The rope mode is the reader's choice, not the checkpoint's.
        model.blueprint.rotary = checkpoint.declared.rotary
        var plans = FolderPlans(model: model, family: checkpoint.family, narrows: checkpoint.naming == .gguf)
        try plans.make()
        let source = checkpoint.archive.configuration?["quantization_config"]
        let quantization = try QuantizationConfiguration(plans.modules, hasBlocks: plans.hasBlocks, source: source).json
        let configuration = try FolderConfiguration(
            model: model, checkpoint: checkpoint, type: plans.type, quantization: quantization
        ).json
        let texts = try FolderText(checkpoint: checkpoint).files()
        folder = SafetensorsFolderWriter(
            tensors: plans.tensors,
            companions: [.init(name: "config.json", bytes: configuration.utf8(.pretty) + [10])] + texts)
    }

    /// Writes the folder, whole or not at all.
    /// - Returns: the length of all its files in bytes.
    /// - Throws: `StorageError` (no space, a folder that cannot be written or holds something else); `Interrupted`.
    @discardableResult
    public func write(to path: String) throws -> Int { try folder.write(to: path) }
}

extension Checkpoint {
    /// Saves a model of this checkpoint as a Hugging Face folder.
    /// - Returns: the length of all files in bytes.
    /// - Throws: `BindingError` for what such a folder cannot carry; `StorageError`; `Interrupted`.
    @discardableResult
    public func saveFolder(_ model: Model, to path: String) throws -> Int {
        try FolderWriter(model, from: self).write(to: path)
    }
}
