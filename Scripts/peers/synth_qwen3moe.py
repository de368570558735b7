"""Write a GGUF of Qwen3-30B-A3B's shape filled with random BF16 weights, for speed and memory measurements only.

Usage: synth_qwen3moe.py OUT.gguf [LAYERS]        (2 layers, the default: 3.7 GB)
       synth_qwen3moe.py --imatrix OUT.gguf [LAYERS]   an importance matrix for it: random, positive, experts included
Needs: pip install gguf numpy

Every row is a multiple of 256, so K-quants apply everywhere. The vocabulary is "none": feed token ids. Random bytes are
reused between layers (each still occupies its own pages of the file).
"""
import sys

import gguf
import numpy as np

arguments = [a for a in sys.argv[1:] if a != "--imatrix"]
out, layers = arguments[0], int(arguments[1]) if len(arguments) > 1 else 2
D, HEADS, KV, HEAD, E, K, F, V = 2048, 32, 4, 128, 128, 8, 768, 151936
rng = np.random.default_rng(0)
matrices = {"attn_q": (HEADS * HEAD, D), "attn_k": (KV * HEAD, D), "attn_v": (KV * HEAD, D), "attn_output": (D, HEADS * HEAD)}
experts = {"ffn_gate_exps": (E, F, D), "ffn_up_exps": (E, F, D), "ffn_down_exps": (E, D, F)}


def write_imatrix():
    w = gguf.GGUFWriter(out, "")
    w.kv_data[0].clear()
    w.add_string("general.type", "imatrix")
    w.add_array("imatrix.datasets", ["random"])
    w.add_uint32("imatrix.chunk_count", 4)
    w.add_uint32("imatrix.chunk_size", 512)
    names = {"output": (1, D)}
    for i in range(layers):
        names.update({f"blk.{i}.{n}": (1, s[1]) for n, s in matrices.items()})
        names.update({f"blk.{i}.{n}": (E, s[2]) for n, s in experts.items()})
    for name, (count, width) in names.items():
        tokens = np.full((count, 1), 2048.0, np.float32)
        w.add_tensor(name + ".weight.in_sum2", (rng.gamma(1, 1, (count, width)) + 0.01).astype(np.float32) * tokens)
        w.add_tensor(name + ".weight.counts", tokens)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


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


write_imatrix() if "--imatrix" in sys.argv else write_model()
