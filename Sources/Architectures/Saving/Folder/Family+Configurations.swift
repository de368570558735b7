import Documents
import Inference

/// What each family's `config.json` says beyond what every family's does.
extension OLMoE {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: model.hasAttentionBias)
        try values.addExperts(model.blueprint, count: "num_experts", width: "intermediate_size", isNormalized: true)
        values["clip_qkv"] = .null
        return values
    }
}

extension Mixtral {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: false)
        values["attention_bias"] = Optional.none
        try values.addDivisors(model.blueprint)
        try values.addExperts(
            model.blueprint, count: "num_local_experts", width: "intermediate_size", isNormalized: false)
        values["sliding_window"] = .null
        return values
    }
}

extension Qwen2MoE {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: false)
        values["attention_bias"] = Optional.none
        values["qkv_bias"] = .boolean(model.hasAttentionBias)
        try values.addExperts(model.blueprint, count: "num_experts", width: "moe_intermediate_size", isNormalized: true)
        let layer = model.blueprint.layers[0]
        values["shared_expert_intermediate_size"] = .number(JSONNumber(layer.sharedExpertWidth ?? 0))
        values["intermediate_size"] = .number(JSONNumber(layer.sharedExpertWidth ?? layer.feedForwardWidth))
        values["decoder_sparse_step"] = 1
        values["mlp_only_layers"] = []
        values["use_sliding_window"] = false
        return values
    }
}

extension Qwen2 {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: false)
        values["attention_bias"] = Optional.none
        values["intermediate_size"] = .number(JSONNumber(model.blueprint.layers[0].feedForwardWidth))
        values["use_sliding_window"] = false
        return values
    }
}

extension Qwen3 {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: model.hasAttentionBias)
        values["intermediate_size"] = .number(JSONNumber(model.blueprint.layers[0].feedForwardWidth))
        values["use_sliding_window"] = false
        return values
    }
}

extension Llama {
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        var values = commonConfiguration(model.blueprint, hasAttentionBias: model.hasAttentionBias)
        try values.addDivisors(model.blueprint)
        values["intermediate_size"] = .number(JSONNumber(model.blueprint.layers[0].feedForwardWidth))
        values["mlp_bias"] = .boolean(model.tensors[Role(.gateBias, layer: 0)] != nil)
        return values
    }
}

extension JSONObject {
    /// How many experts there are, how many a token uses, and how wide they are.
    fileprivate mutating func addExperts(
        _ blueprint: Blueprint, count: String, width: String, isNormalized saysSo: Bool
    ) throws(BindingError) {
        let layer = blueprint.layers[0]
        self[count] = .number(JSONNumber(layer.expertCount))
        self["num_experts_per_tok"] = .number(JSONNumber(layer.activeExpertCount))
        self[width] = .number(JSONNumber(layer.feedForwardWidth))
        guard saysSo else { return }
        guard case .chosenOfSoftmax(let normalized) = blueprint.router else {
            throw .notCarried("norm_topk_prob", "the router follows another rule")
        }
        self["norm_topk_prob"] = .boolean(normalized)
    }

    /// The rule behind rotary divisors, where the model has any.
    /// - Throws: `BindingError` for divisors that Llama 3's rule does not give.
    fileprivate mutating func addDivisors(_ blueprint: Blueprint) throws(BindingError) {
        guard case .divided(let divisors) = blueprint.rotary.scaling else { return }
        let stretch = Llama3Stretch(
            divisors: divisors, theta: blueprint.rotary.theta, headDimension: blueprint.headDimension)
        guard let stretch else {
            throw .notCarried(
                "rope_freqs.weight",
                "config.json wants the rule behind what rotary frequencies are divided by, and Llama 3's does not give it",
                remedy: "save as GGUF, or open the Hugging Face folder that the model comes from")
        }
        self["rope_scaling"] = [
            "rope_type": "llama3", "factor": JSON(shortest: stretch.factor),
            "low_freq_factor": JSON(shortest: stretch.lowFrequencyFactor),
            "high_freq_factor": JSON(shortest: stretch.highFrequencyFactor),
            "original_max_position_embeddings": .number(JSONNumber(stretch.originalContext)),
        ]
    }
}
