import Inference

/// Rows of the tables of names that families share, each table in the order in which tensors are written.
extension TensorSlot {
    /// A GGUF's tensors: what stands outside the layers, and those of each layer.
    static func gguf(_ layer: [TensorSlot], globals: [TensorSlot] = []) -> [TensorSlot] {
        [TensorSlot(.embedding, "token_embd.weight")] + globals + layer.map { $0.prefixed("blk.{layer}.") }
            + [TensorSlot(.finalNorm, "output_norm.weight"), TensorSlot(.output, "output.weight", optional: true)]
    }

    /// A Hugging Face folder's tensors: what stands outside the layers, and those of each layer.
    static func huggingFace(_ layer: [TensorSlot]) -> [TensorSlot] {
        [TensorSlot(.embedding, "model.embed_tokens.weight")] + layer.map { $0.prefixed("model.layers.{layer}.") }
            + [TensorSlot(.finalNorm, "model.norm.weight"), TensorSlot(.output, "lm_head.weight", optional: true)]
    }

    /// Attention and the norms around it as GGUF spells them; biases and norms of queries and keys where they are wanted.
    static func ggufAttention(norms: Bool = false, outputBias: Bool = false) -> [TensorSlot] {
        attention(
            norm: "attn_norm", query: "attn_q", key: "attn_k", value: "attn_v", output: "attn_output",
            headNorms: norms ? ("attn_q_norm", "attn_k_norm") : nil, outputBias: outputBias)
            + [TensorSlot(.feedForwardNorm, "ffn_norm.weight")]
    }

    /// Attention and the norms around it as Hugging Face spells them.
    static func huggingFaceAttention(norms: Bool = false, outputBias: Bool = false) -> [TensorSlot] {
        attention(
            norm: "input_layernorm", query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj",
            output: "self_attn.o_proj", headNorms: norms ? ("self_attn.q_norm", "self_attn.k_norm") : nil,
            outputBias: outputBias)
            + [TensorSlot(.feedForwardNorm, "post_attention_layernorm.weight")]
    }

    private static func attention(
        norm: String, query: String, key: String, value: String, output: String,
        headNorms: (query: String, key: String)?, outputBias: Bool
    ) -> [TensorSlot] {
        var slots = [
            TensorSlot(.attentionNorm, norm + ".weight"),
            TensorSlot(.query, query + ".weight"), TensorSlot(.queryBias, query + ".bias", optional: true),
            TensorSlot(.key, key + ".weight"), TensorSlot(.keyBias, key + ".bias", optional: true),
            TensorSlot(.value, value + ".weight"), TensorSlot(.valueBias, value + ".bias", optional: true),
            TensorSlot(.attentionOutput, output + ".weight"),
        ]
        if outputBias { slots.append(TensorSlot(.attentionOutputBias, output + ".bias", optional: true)) }
        if let headNorms {
            slots.append(TensorSlot(.queryNorm, headNorms.query + ".weight"))
            slots.append(TensorSlot(.keyNorm, headNorms.key + ".weight"))
        }
        return slots
    }

    /// A dense layer's feed-forward part; biases where they are wanted.
    static func dense(_ gate: String, _ up: String, _ down: String, biases: Bool = false) -> [TensorSlot] {
        [
            (Role.Part.gate, Role.Part.gateBias, gate), (.up, .upBias, up), (.down, .downBias, down),
        ].flatMap { part, bias, name in
            [TensorSlot(part, name + ".weight")] + (biases ? [TensorSlot(bias, name + ".bias", optional: true)] : [])
        }
    }

    /// A GGUF's router and experts: stacked, or with a tensor for each expert as files from before 2024 have them.
    static let ggufExperts: [TensorSlot] =
        [TensorSlot(.router, "ffn_gate_inp.weight")]
        + [(Role.Part.gate, "ffn_gate"), (.up, "ffn_up"), (.down, "ffn_down")].map { part, name in
            ggufExpert(part, name)
        }

    /// One part of a GGUF's experts in both forms.
    static func ggufExpert(_ part: Role.Part, _ name: String) -> TensorSlot {
        TensorSlot(
            [part],
            [
                TensorForm(name + "_exps.weight", experts: .stacked),
                TensorForm(name + ".{expert}.weight", experts: .separate),
            ])
    }

    /// A Hugging Face folder's router and experts, under the names that most families have.
    static func huggingFaceExperts(
        _ prefix: String = "mlp", gate: String = "gate_proj", up: String = "up_proj", down: String = "down_proj"
    ) -> [TensorSlot] {
        [TensorSlot(.router, prefix + ".gate.weight")]
            + [(Role.Part.gate, gate), (.up, up), (.down, down)].map { part, name in
                TensorSlot(part, prefix + ".experts.{expert}.\(name).weight", experts: .separate)
            }
    }
}
