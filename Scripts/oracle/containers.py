"""Write a tiny model as a Hugging Face folder and as GGUF."""
import json
import math
import os

import gguf
import numpy as np
import torch
from safetensors.torch import save_file

from .weights import TYPES, Tensor, has_attention_bias

DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}
NAMES = {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}


def context_length(c):
    return int(c.rope.original * c.rope.factor) if c.rope.original else 512


def configuration_json(c, storage):
    is_scaled = c.rope.factor is not None
    rope = {"rope_type": c.rope.kind if is_scaled else "default", "rope_theta": c.rope.theta}
    if is_scaled:
        rope["factor"] = c.rope.factor
    if is_scaled and c.rope.original:
        rope["original_max_position_embeddings"] = c.rope.original
    if is_scaled and c.rope.kind == "llama3":
        rope |= {"low_freq_factor": c.rope.low, "high_freq_factor": c.rope.high}
    if c.rope.yarn:
        for key in ("beta_fast", "beta_slow", "truncate"):
            if getattr(c.rope, key) is not None:
                rope[key] = getattr(c.rope, key)
    j = {
        "vocab_size": c.vocab, "hidden_size": c.hidden, "num_hidden_layers": c.layers,
        "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads,
        "max_position_embeddings": context_length(c),
        "tie_word_embeddings": c.tied, "hidden_act": "silu", "attention_dropout": 0.0, "initializer_range": 0.02,
        "use_cache": True, "bos_token_id": None, "eos_token_id": None, "pad_token_id": None,
        "architectures": [c.traits.class_name], "model_type": c.traits.model_type, "rms_norm_eps": c.traits.eps,
    }
    if c.traits.free_head_dim:
        j["head_dim"] = c.head_dim
    else:
        assert c.head_dim * c.heads == c.hidden
    if c.family == "qwen2moe":
        j["qkv_bias"] = has_attention_bias(c)
    elif c.family not in ("qwen2", "mistral", "mixtral"):
        j["attention_bias"] = has_attention_bias(c)
    if c.experts:
        j |= {"num_experts_per_tok": c.top_k, "output_router_logits": False, "router_aux_loss_coef": 0.001}
    if c.config_style == "legacy":
        j["rope_theta"] = rope.pop("rope_theta")
        j["rope_scaling"] = rope if is_scaled else None
        j["torch_dtype"] = NAMES[storage]
    else:
        j["rope_parameters"] = rope
        j["dtype"] = NAMES[storage]
    if c.family == "gpt-oss":
        j |= {
            "num_local_experts": c.experts,
            "intermediate_size": c.width, "sliding_window": c.window, "swiglu_limit": c.swiglu_limit,
            "layer_types": ["sliding_attention" if c.is_windowed(l) else "full_attention" for l in range(c.layers)],
        }
        if c.config_style == "legacy":
            j |= {"experts_per_token": c.top_k, "initial_context_length": c.rope.original}
    elif c.family in ("qwen3moe", "qwen2moe"):
        experts_key = "num_local_experts" if c.name == "qwen3moe-yarn" else "num_experts"
        j |= {
            experts_key: c.experts,
            "moe_intermediate_size": c.width, "intermediate_size": c.dense_width or 2 * c.width,
            "norm_topk_prob": c.norm_topk, "decoder_sparse_step": c.sparse_step,
            "mlp_only_layers": list(c.dense_layers),
            "use_sliding_window": c.window is not None, "sliding_window": c.window,
        }
        if c.traits.shared:
            j |= {"shared_expert_intermediate_size": c.shared_width, "max_window_layers": c.max_window_layers}
    elif c.family in ("qwen3", "qwen2"):
        j |= {
            "intermediate_size": c.dense_width, "use_sliding_window": c.window is not None,
            "sliding_window": c.window or 4096, "max_window_layers": c.max_window_layers,
        }
        if c.layer_types:
            j["layer_types"] = list(c.layer_types)
    elif c.family == "olmoe":
        j |= {"num_experts": c.experts, "intermediate_size": c.width, "norm_topk_prob": c.norm_topk, "clip_qkv": None}
    elif c.family == "mixtral":
        j |= {
            "num_local_experts": c.experts, "intermediate_size": c.width, "sliding_window": c.window,
            "router_jitter_noise": 0.0,
        }
    elif c.family == "mistral":
        j |= {"intermediate_size": c.dense_width, "sliding_window": c.window}
    else:
        j |= {"intermediate_size": c.dense_width, "mlp_bias": c.mlp_bias, "pretraining_tp": 1}
    if c.mxfp4_folder:
        j["quantization_config"] = {
            "quant_method": "mxfp4",
            "modules_to_not_convert": [
                "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"],
        }
    return j


def folder_blocks(raw, experts, rows, columns):
    """ggml's MXFP4 blocks -> Hugging Face's (experts, rows, columns/32, 16) codes in element order, and scales."""
    raw = raw.reshape(experts, rows, columns // 32, 17)
    codes = np.concatenate([raw[..., 1:] & 15, raw[..., 1:] >> 4], axis=-1)
    return codes[..., 0::2] | codes[..., 1::2] << 4, raw[..., 0]


def interleaved(gate, up):
    return np.stack([gate, up], axis=2).reshape(gate.shape[0], -1, *gate.shape[2:])


def gptoss_experts(c, t, b, n, put, packed):
    gate, up, down = (t[f"{b}ffn_{p}_exps.weight"] for p in ("gate", "up", "down"))
    if packed:
        parts = [folder_blocks(w.raw, c.experts, c.width, c.hidden) for w in (gate, up)]
        put(n + "mlp.experts.gate_up_proj_blocks", interleaved(parts[0][0], parts[1][0]))
        put(n + "mlp.experts.gate_up_proj_scales", interleaved(parts[0][1], parts[1][1]))
        blocks, scales = folder_blocks(down.raw, c.experts, c.hidden, c.width)
        put(n + "mlp.experts.down_proj_blocks", blocks)
        put(n + "mlp.experts.down_proj_scales", scales)
    else:
        put(n + "mlp.experts.gate_up_proj", interleaved(gate.value, up.value).transpose(0, 2, 1))
        put(n + "mlp.experts.down_proj", down.value.transpose(0, 2, 1))
    put(n + "mlp.experts.gate_up_proj_bias",
        interleaved(t[b + "ffn_gate_exps.bias"].value, t[b + "ffn_up_exps.bias"].value))
    put(n + "mlp.experts.down_proj_bias", t[b + "ffn_down_exps.bias"].value)
    put(n + "mlp.router.weight", t[b + "ffn_gate_inp.weight"].value)
    put(n + "mlp.router.bias", t[b + "ffn_gate_inp.bias"].value)


def feed_forward(c, t, b, n, layer, put):
    """Dense layers, and experts with a tensor each."""
    if c.is_dense(layer):
        for p in ("gate", "up", "down"):
            for kind in ("weight", "bias"):
                if f"{b}ffn_{p}.{kind}" in t:
                    put(f"{n}mlp.{p}_proj.{kind}", t[f"{b}ffn_{p}.{kind}"].value)
        return
    block = n + ("block_sparse_moe." if c.family == "mixtral" else "mlp.")
    names = {"gate": "w1", "up": "w3", "down": "w2"} if c.family == "mixtral" else {}
    put(block + "gate.weight", t[b + "ffn_gate_inp.weight"].value)
    for p in ("gate", "up", "down"):
        for e in range(c.experts):
            put(f"{block}experts.{e}.{names.get(p, p + '_proj')}.weight", t[f"{b}ffn_{p}_exps.weight"].value[e])
    if c.traits.shared:
        put(n + "mlp.shared_expert_gate.weight", t[b + "ffn_gate_inp_shexp.weight"].value)
        for p in ("gate", "up", "down"):
            put(f"{n}mlp.shared_expert.{p}_proj.weight", t[f"{b}ffn_{p}_shexp.weight"].value)


def folder_tensors(c, t, storage, packed):
    """Hugging Face name -> torch tensor, in layer order."""
    out = {}

    def put(name, x):
        x = torch.from_numpy(np.array(x, order="C"))
        out[name] = x if x.dtype == torch.uint8 else x.to(DTYPES[storage])

    put("model.embed_tokens.weight", t["token_embd.weight"].value)
    for layer in range(c.layers):
        b, n = f"blk.{layer}.", f"model.layers.{layer}."
        put(n + "input_layernorm.weight", t[b + "attn_norm.weight"].value)
        for p, q in (("q", "q"), ("k", "k"), ("v", "v"), ("output", "o")):
            for kind in ("weight", "bias"):
                if f"{b}attn_{p}.{kind}" in t:
                    put(f"{n}self_attn.{q}_proj.{kind}", t[f"{b}attn_{p}.{kind}"].value)
        if c.family == "gpt-oss":
            put(n + "self_attn.sinks", t[b + "attn_sinks.weight"].value)
            put(n + "post_attention_layernorm.weight", t[b + "post_attention_norm.weight"].value)
            gptoss_experts(c, t, b, n, put, packed)
        else:
            for p in ("q", "k") if c.traits.head_norms else ():
                put(f"{n}self_attn.{p}_norm.weight", t[f"{b}attn_{p}_norm.weight"].value)
            put(n + "post_attention_layernorm.weight", t[b + "ffn_norm.weight"].value)
            feed_forward(c, t, b, n, layer, put)
    put("model.norm.weight", t["output_norm.weight"].value)
    if not c.tied:
        put("lm_head.weight", t["output.weight"].value)
    return out


def write_folder(c, t, folder, storage=None, packed=None):
    storage, packed = storage or c.storage, c.mxfp4_folder if packed is None else packed
    os.makedirs(folder, exist_ok=True)
    configuration = configuration_json(c, storage)
    if not packed:
        configuration.pop("quantization_config", None)
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(configuration, f, indent=2)
        f.write("\n")
    tensors = folder_tensors(c, t, storage, packed)
    if c.shards == 1:
        save_file(tensors, os.path.join(folder, "model.safetensors"), {"format": "pt"})
        return
    names, files = list(tensors), {}
    for i in range(c.shards):
        part = names[len(names) * i // c.shards:len(names) * (i + 1) // c.shards]
        file = f"model-{i + 1:05d}-of-{c.shards:05d}.safetensors"
        save_file({k: tensors[k] for k in part}, os.path.join(folder, file), {"format": "pt"})
        files |= {k: file for k in part}
    total = sum(x.numel() * x.element_size() for x in tensors.values())
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": total}, "weight_map": dict(sorted(files.items()))}, f, indent=2)
        f.write("\n")


def interleaved_rows(x, heads):
    """Rows (or a bias' elements) of heads, pairs (i, i + d/2) side by side: as llama.cpp's converter does for llama."""
    return np.ascontiguousarray(x.reshape(heads, 2, x.shape[0] // heads // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape))


def gguf_order(c, t):
    """The tensors as a GGUF of the family holds them."""
    if not c.traits.interleaved:
        return t
    out = {}
    for name, x in t.items():
        heads = {"attn_q": c.heads, "attn_k": c.kv_heads}.get(name.split(".")[-2])
        if heads:
            x = Tensor(interleaved_rows(x.value, heads), x.type, None if x.raw is None else interleaved_rows(x.raw, heads))
        out[name] = x
    return out


def rotary_divisors(c):
    """What llama.cpp's converter writes for Llama 3's stretched frequencies."""
    r = c.rope
    frequencies = 1.0 / (r.theta ** (torch.arange(0, c.head_dim, 2, dtype=torch.float32) / c.head_dim))
    out = []
    for frequency in frequencies:
        wave = 2 * math.pi / frequency
        if wave < r.original / r.high:
            out.append(1)
        elif wave > r.original / r.low:
            out.append(r.factor)
        else:
            smooth = (r.original / wave - r.low) / (r.high - r.low)
            out.append(1 / ((1 - smooth) / r.factor + smooth))
    return torch.tensor(out, dtype=torch.float32).numpy()


def write_gguf(c, t, path):
    t = gguf_order(c, t)
    w = gguf.GGUFWriter(path, c.traits.architecture)
    w.add_type("model")
    w.add_name(c.name)
    w.add_block_count(c.layers)
    w.add_context_length(context_length(c))
    w.add_embedding_length(c.hidden)
    owns_width = c.family in ("qwen3moe", "qwen2moe")  # a key for the width of an expert, beside that of a dense layer
    w.add_feed_forward_length(c.dense_width or (2 * c.width if owns_width else c.width))
    w.add_head_count(c.heads)
    w.add_head_count_kv(c.kv_heads)
    w.add_rope_freq_base(c.rope.theta)
    w.add_layer_norm_rms_eps(c.traits.eps)
    if c.experts:
        w.add_expert_count(c.experts)
        w.add_expert_used_count(c.top_k)
    w.add_key_length(c.head_dim)
    w.add_value_length(c.head_dim)
    if owns_width or c.family == "gpt-oss":
        w.add_expert_feed_forward_length(c.width)
    if c.traits.shared:
        w.add_expert_shared_feed_forward_length(c.shared_width)
    if c.traits.interleaved:
        w.add_rope_dimension_count(c.head_dim)
    if c.family == "gpt-oss":
        w.add_sliding_window(c.window)
        if c.layer_types:
            w.add_sliding_window_pattern([c.is_windowed(l) for l in range(c.layers)])
    if c.rope.factor and c.rope.kind == "linear":
        w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        w.add_rope_scaling_factor(c.rope.factor)
    if c.rope.yarn:
        w.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        w.add_rope_scaling_factor(c.rope.factor)
        w.add_rope_scaling_orig_ctx_len(c.rope.original)
        if c.rope.beta_fast is not None:
            w.add_rope_scaling_yarn_beta_fast(c.rope.beta_fast)
            w.add_rope_scaling_yarn_beta_slow(c.rope.beta_slow)
    main = {"BF16": 32, "F16": 1, "F32": 0}[c.storage]
    w.add_file_type({"Q8_0": 7, "Q4_0": 2, "MXFP4": 38}.get(c.expert_matrices or c.matrices, main))
    if any(x.raw is not None for x in t.values()):
        w.add_quantization_version(2)
    w.add_vocab_size(c.vocab)
    w.add_tokenizer_model("none")
    if c.rope.factor and c.rope.kind == "llama3":
        w.add_tensor("rope_freqs.weight", rotary_divisors(c))
    for name, x in t.items():
        if x.raw is not None:
            w.add_tensor(name, x.raw, raw_dtype=x.type)
        elif x.type == TYPES.F32:
            w.add_tensor(name, np.ascontiguousarray(x.value))
        else:
            raw = gguf.quants.quantize(x.value, x.type)
            assert np.array_equal(gguf.quants.dequantize(raw, x.type).reshape(x.value.shape), x.value)
            w.add_tensor(name, raw, raw_dtype=x.type)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
