import Documents
import Inference

extension Family {
    /// A family whose `config.json` Lancet does not make: its models become folders only where they come from one.
    /// - Throws: `BindingError`, always.
    public func configuration(_ model: Model) throws(BindingError) -> JSONObject {
        throw .notCarried(
            "config.json", "Lancet does not make the configuration of \(name) models yet",
            remedy: "save as GGUF, or open the Hugging Face folder that the model comes from")
    }

    /// What every family's `config.json` says.
    func commonConfiguration(_ blueprint: Blueprint, hasAttentionBias: Bool) -> JSONObject {
        var values = JSONObject()
        values["architectures"] = [.string(classNames[0])]
        values["model_type"] = .string(modelTypes[0])
        for (key, number) in [
            ("vocab_size", blueprint.vocabularyCount), ("hidden_size", blueprint.hiddenSize),
            ("num_hidden_layers", blueprint.layers.count), ("num_attention_heads", blueprint.headCount),
            ("num_key_value_heads", blueprint.keyValueHeadCount), ("head_dim", blueprint.headDimension),
            ("max_position_embeddings", blueprint.contextLength),
        ] {
            values[key] = .number(JSONNumber(number))
        }
        values["attention_bias"] = .boolean(hasAttentionBias)
        values["attention_dropout"] = 0.0
        values["hidden_act"] = "silu"
        values["initializer_range"] = 0.02
        values["rms_norm_eps"] = JSON(shortest: blueprint.normEpsilon)
        values["rope_theta"] = JSON(shortest: blueprint.rotary.theta)
        values["rope_scaling"] = scaling(blueprint.rotary)
        values["tie_word_embeddings"] = .boolean(blueprint.tiedEmbeddings)
        values["use_cache"] = true
        return values
    }

    private func scaling(_ rotary: RotaryRule) -> JSON {
        switch rotary.scaling {
        // The families whose GGUF has divisors put the rule behind them.
        case .none, .divided: return .null
        case .linear(let factor): return ["rope_type": "linear", "factor": JSON(shortest: factor)]
        case .yarn(let yarn):
            var values = JSONObject()
            values["rope_type"] = "yarn"
            values["factor"] = JSON(shortest: yarn.factor)
            values["original_max_position_embeddings"] = .number(JSONNumber(yarn.originalContext))
            values["beta_fast"] = JSON(shortest: yarn.betaFast)
            values["beta_slow"] = JSON(shortest: yarn.betaSlow)
            values["truncate"] = .boolean(yarn.truncated)
            if let factor = yarn.attentionFactor { values["attention_factor"] = JSON(shortest: factor) }
            return .object(values)
        }
    }
}

extension JSON {
    /// A float32 with the fewest digits that read back to it, rather than as the double that it is.
    init(shortest value: Float) { self = .number(JSONNumber(Double(value.description) ?? Double(value))) }
}

extension Model {
    /// Whether attention has the biases that `attention_bias` speaks of.
    var hasAttentionBias: Bool { tensors[Role(.queryBias, layer: 0)] != nil }
}
