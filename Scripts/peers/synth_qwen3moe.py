"""Write a GGUF of Qwen3-30B-A3B's shape filled with random BF16 weights, for speed and memory measurements only.

Usage: synth_qwen3moe.py OUT.gguf [LAYERS]        (2 layers, the default: 3.7 GB)
Needs: pip install gguf numpy

Every row is a multiple of 256, so K-quants apply everywhere. The vocabulary is "none": feed token ids. Random bytes are
reused between layers (each still occupies its own pages of the file).
"""
import sys

import gguf
import numpy as np

out, layers = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
D, HEADS, KV, HEAD, E, K, F, V = 2048, 32, 4, 128, 128, 8, 768, 151936
rng = np.random.default_rng(0)
matrices = {"attn_q": (HEADS * HEAD, D), "attn_k": (KV * HEAD, D), "attn_v": (KV * HEAD, D), "attn_output": (D, HEADS * HEAD)}
experts = {"ffn_gate_exps": (E, F, D), "ffn_up_exps": (E, F, D), "ffn_down_exps": (E, D, F)}


cache = {}


def bf16(w, name, shape):
    if shape not in cache:
        values = np.empty((int(np.prod(shape[:-1])), shape[-1]), np.uint16)
        for first in range(0, len(values), 8192):
            rows = values[first:first + 8192]
            rows[...] = (rng.standard_normal(rows.shape, np.float32) * np.float32(0.02)).view(np.uint32) >> 16
        cache[shape] = values.reshape(shape).view(np.uint8)
    w.add_tensor(name, cache[shape], raw_dtype=gguf.GGMLQuantizationType.BF16)


def f32(w, name, shape, scale=0.02, offset=0.0):
    w.add_tensor(name, (rng.standard_normal(shape) * scale + offset).astype(np.float32))


def write_model():
    w = gguf.GGUFWriter(out, "qwen3moe")
    w.add_block_count(layers); w.add_context_length(40960); w.add_embedding_length(D); w.add_feed_forward_length(6144)
    w.add_head_count(HEADS); w.add_head_count_kv(KV); w.add_key_length(HEAD); w.add_value_length(HEAD)
    w.add_layer_norm_rms_eps(1e-6); w.add_rope_freq_base(1e6); w.add_rope_dimension_count(HEAD)
    w.add_expert_count(E); w.add_expert_used_count(K); w.add_expert_feed_forward_length(F)
    w.add_vocab_size(V); w.add_tokenizer_model("none"); w.add_file_type(32)
    bf16(w, "token_embd.weight", (V, D))
    bf16(w, "output.weight", (V, D))
    f32(w, "output_norm.weight", (D,), 0.02, 1.0)
    for i in range(layers):
        b = f"blk.{i}."
        for name in ("attn_norm", "ffn_norm"):
            f32(w, f"{b}{name}.weight", (D,), 0.02, 1.0)
        for name in ("attn_q_norm", "attn_k_norm"):
            f32(w, f"{b}{name}.weight", (HEAD,), 0.02, 1.0)
        f32(w, b + "ffn_gate_inp.weight", (E, D))
        for name, shape in (matrices | experts).items():
            bf16(w, f"{b}{name}.weight", shape)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


write_model()
