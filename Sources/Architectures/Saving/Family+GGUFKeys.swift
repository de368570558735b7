import Foundation
import Inference
import Storage

extension Family {
    /// The GGUF keys that every family has, the architecture's prefix included.
    /// - Throws: as `commonGGUFKeys`.
    func prefixedGGUFKeys(
        _ blueprint: Blueprint, expertWidth: Bool = true
    ) throws(BindingError) -> [(key: String, value: MetadataValue)] {
        try commonGGUFKeys(blueprint, expertWidth: expertWidth).map { (ggufArchitecture + "." + $0.0, $0.1) }
    }

    /// Refuses windows that come to bear within the context, for an architecture in which llama.cpp has none.
    func refuseWindows(_ blueprint: Blueprint) throws(BindingError) {
        let shortest = blueprint.layers.compactMap(\.window).min()
        guard let shortest, shortest < blueprint.contextLength else { return }
        throw .notCarried(
            "sliding_window \(shortest)",
            "a \(ggufArchitecture) GGUF has no windows, and llama.cpp would see all positions",
            remedy:
                "keep the folder; or set sliding_window to null in its config.json, which changes texts longer than it")
    }

    /// Refuses a bias after attention's output, for an architecture without one.
    func refuseOutputBias(_ model: Model) throws(BindingError) {
        for layer in model.blueprint.layers.indices where model.tensors[Role(.attentionOutputBias, layer: layer)] != nil
        {
            throw .notCarried(
                "attention_bias true", "a GGUF of \(ggufArchitecture) has no bias after the attention output")
        }
    }

    /// Refuses layers without experts, for an architecture without such.
    func refuseDenseLayers(_ blueprint: Blueprint) throws(BindingError) {
        guard let layer = blueprint.layers.firstIndex(where: { $0.expertCount == 0 }) else { return }
        throw .notCarried(
            "mlp_only_layers, decoder_sparse_step",
            "layer \(layer) is dense, and a GGUF of \(ggufArchitecture) has no dense layers")
    }

    /// Refuses heads whose widths do not add up to the hidden size, for an architecture in which llama.cpp wants that.
    func refuseFreeHeads(_ blueprint: Blueprint) throws(BindingError) {
        let width = blueprint.headCount * blueprint.headDimension
        guard width != blueprint.hiddenSize else { return }
        throw .notCarried(
            "head_dim \(blueprint.headDimension)",
            "\(blueprint.headCount) heads are \(width) wide, and llama.cpp's \(ggufArchitecture) wants the hidden size, "
                + "\(blueprint.hiddenSize)")
    }

    /// The GGUF keys that every family has, without the architecture's prefix.
    /// - Parameter expertWidth: Whether the width of an expert has a key of its own.
    /// - Throws: `BindingError` for a rotary rule that a GGUF of this family would be read otherwise.
    func commonGGUFKeys(
        _ blueprint: Blueprint, expertWidth: Bool = true
    ) throws(BindingError) -> [(String, MetadataValue)] {
        func number(_ value: Int) -> MetadataValue { .uint32(UInt32(clamping: value)) }
        let first = blueprint.layers[0]
        var keys: [(String, MetadataValue)] = [
            ("block_count", number(blueprint.layers.count)),
            ("context_length", number(blueprint.contextLength)),
            ("embedding_length", number(blueprint.hiddenSize)),
            ("feed_forward_length", number(first.feedForwardWidth)),
            ("attention.head_count", number(blueprint.headCount)),
            ("attention.head_count_kv", number(blueprint.keyValueHeadCount)),
            ("rope.freq_base", .float32(blueprint.rotary.theta)),
            ("attention.layer_norm_rms_epsilon", .float32(blueprint.normEpsilon)),
            ("attention.key_length", number(blueprint.headDimension)),
            ("attention.value_length", number(blueprint.headDimension)),
            ("vocab_size", number(blueprint.vocabularyCount)),
        ]
        if first.expertCount > 0 {
            keys.append(("expert_count", number(first.expertCount)))
            keys.append(("expert_used_count", number(first.activeExpertCount)))
            if expertWidth { keys.append(("expert_feed_forward_length", number(first.feedForwardWidth))) }
        }
        keys += try scalingKeys(blueprint.rotary)
        return keys
    }

    private func scalingKeys(_ rotary: RotaryRule) throws(BindingError) -> [(String, MetadataValue)] {
        switch rotary.scaling {
        case .none: return []
        case .linear(let factor):
            return [("rope.scaling.type", .string("linear")), ("rope.scaling.factor", .float32(factor))]
        case .divided:
            // The divisors are a tensor; see `TensorPlans`.
            guard slots(.gguf).contains(where: { $0.parts == [.rotaryDivisors] }) else {
                throw .notCarried("rope_type llama3", "a \(ggufArchitecture) GGUF has no tensor of rotary divisors")
            }
            return []
        case .yarn(let yarn):
            guard yarn.truncated == ggufTruncatesYarn else {
                throw .notCarried(
                    "rope truncate \(yarn.truncated)",
                    "GGUF does not say how YaRN's ramp ends, and one of \(name) is read as truncate "
                        + "\(ggufTruncatesYarn)"
                )
            }
            var keys: [(String, MetadataValue)] = [
                ("rope.scaling.type", .string("yarn")),
                ("rope.scaling.factor", .float32(yarn.factor)),
                ("rope.scaling.original_context_length", .uint32(UInt32(clamping: yarn.originalContext))),
                ("rope.scaling.yarn_beta_fast", .float32(yarn.betaFast)),
                ("rope.scaling.yarn_beta_slow", .float32(yarn.betaSlow)),
            ]
            // llama.cpp reads the first of these and multiplies; the second keeps the number itself exactly.
            if let attention = yarn.attentionFactor, yarn.factor > 1 || attention != 1 {
                let usual = yarn.factor > 1 ? 0.1 * log(Double(yarn.factor)) + 1 : 1
                keys.append(("rope.scaling.attn_factor", .float32(Float(Double(attention) / usual))))
                keys.append(("rope.scaling.yarn_attn_factor", .float32(attention)))
            }
            return keys
        }
    }
}
