import Documents

/// Keys of `config.json` that mean the same in every family.
enum ConfigurationKeys {
    /// What does not change the logits of a text: names, training, generation and bookkeeping.
    static let harmless: Set<String> = [
        "_attn_implementation", "_attn_implementation_autoset", "_commit_hash", "_name_or_path", "architectures",
        "attention_dropout", "auto_map", "bos_token_id", "chunk_size_feed_forward", "dtype", "eos_token_id",
        "finetuning_task", "id2label", "initializer_range", "keys_to_ignore_at_inference", "label2id", "model_type",
        "name_or_path", "num_labels", "output_attentions", "output_hidden_states", "output_router_logits",
        "pad_token_id", "prefix", "problem_type", "return_dict", "router_aux_loss_coef", "task_specific_params",
        "tokenizer_class", "torch_dtype", "torchscript", "transformers_version", "use_bfloat16", "use_cache",
        // Settings of generation that old checkpoints keep here.
        "bad_words_ids", "begin_suppress_tokens", "diversity_penalty", "do_sample", "early_stopping",
        "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty", "forced_bos_token_id",
        "forced_eos_token_id", "length_penalty", "max_length", "min_length", "no_repeat_ngram_size",
        "num_beam_groups", "num_beams", "num_return_sequences", "output_scores", "remove_invalid_values",
        "repetition_penalty", "return_dict_in_generate", "sep_token_id", "suppress_tokens", "temperature", "top_k",
        "top_p", "typical_p",
        // Encoder and decoder switches that a decoder-only model writes out and does not read.
        "add_cross_attention", "cross_attention_hidden_size", "decoder_start_token_id", "is_decoder",
        "is_encoder_decoder", "tf_legacy_loss", "tie_encoder_decoder",
    ]
}

extension Hyperparameters {
    /// Refuses quantized weights other than those of the given methods, which the family reads by itself, and of those that
    /// `QuantizationRule` reads for every family.
    mutating func expectQuantization(_ methods: [String]) throws(BindingError) {
        guard var group = try group("quantization_config") else { return }
        let method = try group.text("quant_method") ?? "unknown"
        if QuantizationRule.Method(rawValue: method) != nil { return }
        guard methods.contains(method) else {
            throw group.unsupported(
                "quant_method", .string(method),
                remedy: "Lancet reads "
                    + (methods + QuantizationRule.Method.allCases.map(\.rawValue)).joined(separator: ", ")
                    + ", the unquantized checkpoint, and GGUF")
        }
        try group.finish(ignoring: ["modules_to_not_convert", "dequantize", "model_format", "is_checkpoint"])
    }
}

extension Hyperparameters {
    /// The number of experts, under either of its names.
    mutating func expertCount(in range: ClosedRange<Int>, default fallback: Int) throws(BindingError) -> Int {
        let local = try integer("num_local_experts", in: range)
        let plain = try integer("num_experts", in: range)
        if let local, let plain, local != plain {
            throw bad("num_experts", "\(plain)", "the \(local) of num_local_experts")
        }
        return local ?? plain ?? fallback
    }

    /// Which layers are windowed, by `layer_types`; nil where it is absent.
    mutating func layerTypes(_ layers: Int) throws(BindingError) -> [Bool]? {
        let key = "layer_types"
        guard let value = value(key) else { return nil }
        guard let list = value.asArray, list.count == layers else {
            throw bad(key, value, "a list of one type for each of the \(layers) layers")
        }
        var windowed: [Bool] = []
        for element in list {
            switch element.asString {
            case "sliding_attention": windowed.append(true)
            case "full_attention": windowed.append(false)
            default: throw unsupported(key, element)
            }
        }
        return windowed
    }
}
