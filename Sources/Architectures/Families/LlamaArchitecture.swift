import Inference
import Storage

/// What the families that share GGUF's architecture `llama` share.
enum LlamaArchitecture {
    /// What each rotary frequency is divided by, where the frequencies are stretched as Llama 3.1's are.
    static let divisors = TensorSlot(.rotaryDivisors, "rope_freqs.weight", optional: true)

    /// Whether the file's layers route between experts.
    static func hasExperts(_ metadata: Metadata) -> Bool { (metadata["llama.expert_count"]?.integer ?? 0) > 0 }

    static func rotaryRows(_ naming: Naming) -> RotaryRows { naming == .gguf ? .interleaved : .halves }

    /// - Throws: `BindingError` for windows, which llama.cpp does not have in this architecture.
    static func keys(
        _ family: some Family, _ model: Model
    ) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try family.refuseWindows(model.blueprint)
        let dimensions = MetadataValue.uint32(UInt32(clamping: model.blueprint.headDimension))
        return try family.prefixedGGUFKeys(model.blueprint, expertWidth: false) + [
            (family.ggufArchitecture + ".rope.dimension_count", dimensions)
        ]
    }
}
