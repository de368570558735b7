import Inference
import Storage

/// The metadata of a GGUF checkpoint with only those keys changed that an edit made untrue.
struct MetadataPatch {
    let model: Model
    let checkpoint: Checkpoint

    func metadata(_ tensors: [TensorPlan], fileType: UInt32? = nil) throws(BindingError) -> Metadata {
        var metadata = checkpoint.archive.metadata
        let prefix = checkpoint.family.ggufArchitecture + "."
        let layers = model.blueprint.layers
        let counts = layers.map(\.expertCount)
        if counts != checkpoint.declared.layers.map(\.expertCount), let count = counts.first {
            metadata[prefix + "expert_count"] = .uint32(UInt32(clamping: count))
        }
        let active = layers.map(\.activeExpertCount)
        if active != checkpoint.declared.layers.map(\.activeExpertCount) {
            metadata[prefix + "expert_used_count"] = try used(active, metadata[prefix + "expert_used_count"])
        }
        if hasNewFormats(tensors) { FileType.describe(tensors, known: fileType, in: &metadata) }
        return metadata
    }

    private func used(_ active: [Int], _ old: MetadataValue?) throws(BindingError) -> MetadataValue? {
        if old?.array != nil { return .array(MetadataArray(active.map { Int32(clamping: $0) })) }
        guard let first = active.first, active.allSatisfy({ $0 == first }) else {
            throw .notCarried(
                "expert_used_count", "layers use different numbers of experts a token",
                remedy: "use the same number in every layer")
        }
        return .uint32(UInt32(clamping: first))
    }

    private func hasNewFormats(_ tensors: [TensorPlan]) -> Bool {
        tensors.contains { checkpoint.archive[$0.name].map(\.format) != $0.format }
    }
}
