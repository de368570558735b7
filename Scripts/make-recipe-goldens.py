#!/usr/bin/env python3
"""Record which type llama-quantize gives each tensor: Tests/Fixtures/recipes.json.

    python Scripts/make-recipe-goldens.py

llama.cpp quantizes small files of the shapes below, once for each recipe, without and with an importance matrix. A row
of the result is a class of tensors, the types of its layers one behind another: "q6_k*3 q4_k*9"; `null` stands for a
recipe that llama.cpp refuses without an importance matrix. Needs: gguf, numpy, llama_cpp.
"""
import ctypes
import importlib.metadata
import itertools
import json
import os
import sys
import tempfile

import gguf
import llama_cpp as L
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "peers"))
import llamacpp  # noqa: E402

# name: architecture, layers, hidden, heads, head dimension, key-value heads, experts, expert width, shared width, tied
SHAPES = {
    "gptoss": ("gpt-oss", 24, 96, 8, 32, 1, 4, 96, 0, False),
    "gptoss-36": ("gpt-oss", 36, 96, 8, 32, 1, 4, 96, 0, False),
    "gptoss-8-experts": ("gpt-oss", 12, 96, 8, 32, 2, 8, 96, 0, False),
    "qwen3moe": ("qwen3moe", 48, 256, 8, 32, 1, 4, 256, 0, False),
    "qwen3moe-tied": ("qwen3moe", 12, 256, 4, 64, 2, 4, 96, 0, True),
    "qwen3moe-8-experts": ("qwen3moe", 16, 256, 4, 64, 1, 8, 256, 0, False),
    "qwen3moe-odd": ("qwen3moe", 9, 256, 4, 64, 1, 4, 48, 0, False),
    "qwen3moe-odd-hidden": ("qwen3moe", 4, 144, 4, 36, 2, 4, 64, 0, True),
    "mixtral": ("llama", 32, 256, 8, 32, 2, 8, 256, 0, False),
    "llama": ("llama", 32, 256, 4, 64, 4, 0, 256, 0, False),
    "llama-80": ("llama", 80, 256, 8, 32, 1, 0, 256, 0, False),
    "qwen3": ("qwen3", 28, 256, 8, 32, 4, 0, 256, 0, True),
    "qwen2moe": ("qwen2moe", 24, 256, 4, 64, 4, 4, 96, 160, False),
    "olmoe": ("olmoe", 16, 256, 4, 64, 4, 4, 256, 0, False),
}
RECIPES = ("Q2_K Q2_K_S Q3_K_S Q3_K_M Q3_K_L Q4_0 Q4_1 Q4_K_S Q4_K_M Q5_0 Q5_1 Q5_K_S Q5_K_M Q6_K Q8_0 IQ4_NL IQ4_XS "
           "MXFP4_MOE F16 BF16").split()
VOCABULARY = 64


def write(path, shape):
    arch, layers, hidden, heads, head, kv, experts, width, shared, tied = shape
    w = gguf.GGUFWriter(path, arch)
    w.add_block_count(layers); w.add_context_length(64); w.add_embedding_length(hidden)
    w.add_feed_forward_length(width); w.add_head_count(heads); w.add_head_count_kv(kv); w.add_key_length(head)
    w.add_value_length(head); w.add_rope_dimension_count(head); w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_freq_base(10000.0); w.add_vocab_size(VOCABULARY)
    if experts:
        w.add_expert_count(experts); w.add_expert_used_count(2); w.add_expert_feed_forward_length(width)
    if shared:
        w.add_expert_shared_feed_forward_length(shared)
    if arch == "gpt-oss":
        w.add_sliding_window(16)
    w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre("gpt-2")
    w.add_token_list([f"t{i}" for i in range(VOCABULARY)]); w.add_token_types([1] * VOCABULARY)
    w.add_token_merges(["t 0"])
    matrices = {}

    def matrix(name, *dims):
        matrices[name] = (dims[-1], dims[0] if len(dims) > 2 else 1)
        w.add_tensor(name, np.zeros(dims, np.float16))

    def vector(name, *dims):
        w.add_tensor(name, np.zeros(dims, np.float32))

    matrix("token_embd.weight", VOCABULARY, hidden)
    vector("output_norm.weight", hidden)
    if not tied:
        matrix("output.weight", VOCABULARY, hidden)
    for i in range(layers):
        b = f"blk.{i}."
        vector(b + "attn_norm.weight", hidden)
        vector(b + ("post_attention_norm" if arch == "gpt-oss" else "ffn_norm") + ".weight", hidden)
        matrix(b + "attn_q.weight", heads * head, hidden)
        matrix(b + "attn_k.weight", kv * head, hidden)
        matrix(b + "attn_v.weight", kv * head, hidden)
        matrix(b + "attn_output.weight", hidden, heads * head)
        if arch in ("gpt-oss", "qwen2moe"):
            for n, d in (("q", heads * head), ("k", kv * head), ("v", kv * head)):
                vector(b + f"attn_{n}.bias", d)
        if arch == "gpt-oss":
            vector(b + "attn_output.bias", hidden); vector(b + "attn_sinks.weight", heads)
        if arch in ("qwen3", "qwen3moe", "olmoe"):
            for n, d in (("q", heads * head), ("k", kv * head)):
                vector(b + f"attn_{n}_norm.weight", d if arch == "olmoe" else head)
        if not experts:
            matrix(b + "ffn_gate.weight", width, hidden); matrix(b + "ffn_up.weight", width, hidden)
            matrix(b + "ffn_down.weight", hidden, width)
            continue
        vector(b + "ffn_gate_inp.weight", experts, hidden)
        matrix(b + "ffn_gate_exps.weight", experts, width, hidden)
        matrix(b + "ffn_up_exps.weight", experts, width, hidden)
        matrix(b + "ffn_down_exps.weight", experts, hidden, width)
        if arch == "gpt-oss":
            vector(b + "ffn_gate_inp.bias", experts)
            for n, d in (("gate", width), ("up", width), ("down", hidden)):
                vector(b + f"ffn_{n}_exps.bias", experts, d)
        if shared:
            vector(b + "ffn_gate_inp_shexp.weight", hidden)
            matrix(b + "ffn_gate_shexp.weight", shared, hidden); matrix(b + "ffn_up_shexp.weight", shared, hidden)
            matrix(b + "ffn_down_shexp.weight", hidden, shared)
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
    return matrices


def importance(matrices):
    """A matrix of ones for every weight, as llama_model_quantize takes it."""
    entries = (L.llama_model_imatrix_data * (len(matrices) + 1))()
    kept = []
    for entry, (name, (columns, count)) in zip(entries, matrices.items()):
        data = np.ones(columns * count, np.float32)
        kept.append((name.encode(), data))
        entry.name = kept[-1][0]
        entry.data = data.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        entry.size = data.size
    return entries, kept


def types(source, target, recipe, matrices, weighted):
    p = L.llama_model_quantize_default_params()
    p.nthread, p.ftype = 1, getattr(L, "LLAMA_FTYPE_MOSTLY_" + recipe)
    if weighted:
        entries, kept = importance(matrices)
        p.imatrix = ctypes.cast(entries, ctypes.POINTER(L.llama_model_imatrix_data))
    L.llama_log_set(llamacpp.quiet, ctypes.c_void_p(0))
    if L.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(p)):
        return None
    reader = gguf.GGUFReader(target)
    rows = {}
    for tensor in reader.tensors:
        if tensor.name not in matrices and tensor.tensor_type == gguf.GGMLQuantizationType.F32:
            continue
        parts = tensor.name.split(".")
        name, layer = (parts[2], int(parts[1])) if parts[0] == "blk" else (parts[0], 0)
        rows.setdefault(name, {})[layer] = tensor.tensor_type.name.lower()
    result = {}
    for name, by_layer in sorted(rows.items()):
        runs = [(t, len(list(g))) for t, g in itertools.groupby(by_layer[l] for l in sorted(by_layer))]
        result[name] = " ".join(t if n == 1 else f"{t}*{n}" for t, n in runs)
    result["file_type"] = int(reader.fields["general.file_type"].contents())
    return result


def main():
    fields = ("architecture", "layers", "hidden", "heads", "head", "kv", "experts", "width", "shared", "tied")
    result = {"version": importlib.metadata.version("llama_cpp_python"), "shapes": {}}
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in.gguf"), os.path.join(folder, "out.gguf")
        for name, shape in SHAPES.items():
            matrices = write(source, shape)
            result["shapes"][name] = dict(zip(fields, shape)) | {"types": {
                recipe.lower(): {kind: types(source, target, recipe, matrices, kind == "weighted")
                                 for kind in ("plain", "weighted")} for recipe in RECIPES}}
            print(name, flush=True)
    path = os.path.join(HERE, "..", "Tests", "Fixtures", "recipes.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
