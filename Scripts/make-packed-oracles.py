#!/usr/bin/env python3
"""Make Tests/Fixtures/packed/NAME: tiny models whose matrices are packed as quantizers pack them, and their logits.

    python Scripts/make-packed-oracles.py

Needs: torch, transformers, safetensors, compressed-tensors, gguf. Each matrix but embedding, output and routers is rounded
by the scheme and packed (compressed-tensors' own packing where it has one); transformers then computes the logits in float32
from the numbers that the packed tensors mean. Seeds are tried until no router is near a tie.
"""
import json
import os
import shutil
import sys
import tempfile

import torch
import transformers
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import containers, reference, weights  # noqa: E402
from oracle.configurations import Configuration  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "packed")
GROUP = 32
MODEL = Configuration(
    "packed", "qwen3moe", "F32", 3, 64, 4, 2, 16, 4, 2, 32, features=(), tokens=24, vocab=64, dense_layers=(1,),
    dense_width=96)


def spread(x, columns):
    return x.repeat_interleave(columns // x.shape[1], 1)


def integers(w, bits, symmetric=True, group=GROUP, dtype=torch.bfloat16):
    """Codes from −2^(b−1) on, scales and zero points of [rows, groups]."""
    tiles = w.unflatten(1, (-1, group or w.shape[1]))
    low, high = tiles.amin(-1).clamp(max=0), tiles.amax(-1).clamp(min=0)
    span, bottom = 2**bits - 1, -(2 ** (bits - 1))
    if symmetric:
        scale = (torch.maximum(-low, high) / (span / 2)).to(dtype)
        zero = torch.zeros_like(low)
    else:
        scale = ((high - low) / span).to(dtype)
        zero = (bottom - low / scale.float()).round().clamp(bottom, -bottom - 1)
    n = w.shape[1]
    codes = (w / spread(scale.float(), n) + spread(zero, n)).round().clamp(bottom, -bottom - 1)
    value = (codes - spread(zero, n)) * spread(scale.float(), n)
    return codes.to(torch.int8), scale, zero.to(torch.int8), value


def shape_of(w):
    return torch.tensor(w.shape)


def fp8(w):
    height, width = 32, 64
    down, across = -(-w.shape[0] // height), -(-w.shape[1] // width)
    scale = torch.stack([torch.stack([
        w[r * height:(r + 1) * height, c * width:(c + 1) * width].abs().amax() / 448 for c in range(across)])
        for r in range(down)]).to(torch.bfloat16)
    wide = scale.float().repeat_interleave(height, 0)[:w.shape[0]].repeat_interleave(width, 1)[:, :w.shape[1]]
    codes = (w / wide).clamp(-448, 448).to(torch.float8_e4m3fn)
    return {"weight": codes, "weight_scale_inv": scale}, codes.float() * wide


def fp8_channel(w):
    scale = (w.abs().amax(1, keepdim=True) / 448).to(torch.bfloat16)
    codes = (w / scale.float()).clamp(-448, 448).to(torch.float8_e4m3fn)
    return {"weight": codes, "weight_scale": scale}, codes.float() * scale.float()


def w4a16(w):
    codes, scale, _, value = integers(w, 4)
    return {"weight_packed": pack_to_int32(codes, 4), "weight_scale": scale, "weight_shape": shape_of(w)}, value


def w4a16_asymmetric(w):
    codes, scale, zero, value = integers(w, 4, symmetric=False)
    return {"weight_packed": pack_to_int32(codes, 4), "weight_scale": scale, "weight_shape": shape_of(w),
            "weight_zero_point": pack_to_int32(zero, 4, packed_dim=0)}, value


def w8a16_ordered(w):
    """Columns in an order of their own: weight_g_idx says each one's group."""
    order = torch.randperm(w.shape[1])
    codes, scale, _, value = integers(w[:, order], 8)
    back = torch.argsort(order)
    return {"weight_packed": pack_to_int32(codes[:, back].contiguous(), 8), "weight_scale": scale,
            "weight_shape": shape_of(w), "weight_g_idx": (back // GROUP).to(torch.int32)}, value[:, back]


def w8a8(w):
    codes, scale, _, value = integers(w, 8, group=None)
    return {"weight": codes, "weight_scale": scale}, value


def w4a8(w):
    codes, scale, _, value = integers(w, 4)
    return {"weight": codes, "weight_scale": scale}, value


def mxfp4(w):
    import gguf
    import numpy as np
    kind = gguf.GGMLQuantizationType.MXFP4
    raw = gguf.quants.quantize(w.numpy(), kind)
    value = torch.from_numpy(gguf.quants.dequantize(raw, kind).astype(np.float32))
    blocks, scales = containers.folder_blocks(raw, 1, *w.shape)
    return {"weight_packed": torch.from_numpy(np.ascontiguousarray(blocks[0].reshape(w.shape[0], -1))),
            "weight_scale": torch.from_numpy(np.ascontiguousarray(scales[0]))}, value


def signed(word):
    return torch.where(word >= 2**31, word - 2**32, word).to(torch.int32)


def awq(w):
    codes, scale, zero, value = integers(w, 4, symmetric=False, dtype=torch.float16)

    def pack(x):
        x = (x.T.to(torch.int64) + 8).unflatten(1, (-1, 8))
        return signed(sum(x[..., row] << (4 * slot) for slot, row in enumerate([0, 2, 4, 6, 1, 3, 5, 7])))

    return {"qweight": pack(codes), "qzeros": pack(zero), "scales": scale.T}, value


def gptq(bits, bias, ordered):
    def pack_along(x, axis):
        x = x.movedim(axis, -1)
        stream = ((x.unsqueeze(-1) >> torch.arange(bits)) & 1).flatten(-2).unflatten(-1, (-1, 32)).to(torch.int64)
        return signed((stream << torch.arange(32)).sum(-1)).movedim(-1, axis)

    def pack(w):
        columns = w.shape[1]
        order = torch.randperm(columns) if ordered else torch.arange(columns)
        codes, scale, zero, value = integers(w[:, order], bits, symmetric=False, dtype=torch.float16)
        back, middle = torch.argsort(order), 2 ** (bits - 1)
        codes = codes[:, back].to(torch.int64) + middle
        zero = (zero.to(torch.int64) + middle - bias) % 2**bits
        return {"qweight": pack_along(codes.T, 0), "qzeros": pack_along(zero.T, 1), "scales": scale.T,
                "g_idx": (back // GROUP).to(torch.int32)}, value[:, back]

    return pack


def compressed(form, bits, kind, strategy, symmetric=True, activations=None, **more):
    weights_ = {"num_bits": bits, "type": kind, "symmetric": symmetric, "strategy": strategy, "dynamic": False,
                "group_size": GROUP if strategy == "group" else None, **more}
    group = {"targets": ["Linear"], "weights": weights_, "input_activations": activations, "output_activations": None}
    return {"quant_method": "compressed-tensors", "format": form, "quantization_status": "compressed",
            "ignore": ["lm_head", "re:.*mlp.gate$"], "kv_cache_scheme": None, "config_groups": {"group_0": group}}


TOKEN = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "token", "dynamic": True}
CASES = {
    "fp8": (fp8, {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [32, 64],
                  "modules_to_not_convert": ["lm_head", "model.layers.0.mlp.gate", "model.layers.2.mlp.gate"]}),
    "fp8-channel": (fp8_channel, compressed("float-quantized", 8, "float", "channel",
                                            activations={**TOKEN, "type": "float"})),
    "w4a16": (w4a16, compressed("pack-quantized", 4, "int", "group")),
    "w4a16-asymmetric": (w4a16_asymmetric, compressed("pack-quantized", 4, "int", "group", symmetric=False)),
    "w8a16-ordered": (w8a16_ordered, compressed("pack-quantized", 8, "int", "group", actorder="group")),
    "w8a8": (w8a8, compressed("int-quantized", 8, "int", "channel", activations=TOKEN)),
    "w4a8": (w4a8, compressed("int-quantized", 4, "int", "group", activations=TOKEN)),
    "mxfp4": (mxfp4, compressed("mxfp4-pack-quantized", 4, "float", "group")),
    "awq": (awq, {"quant_method": "awq", "bits": 4, "group_size": GROUP, "zero_point": True, "version": "gemm",
                  "modules_to_not_convert": ["gate"]}),
    "gptq": (gptq(4, 1, True), {"quant_method": "gptq", "bits": 4, "group_size": GROUP, "desc_act": True, "sym": False,
                                "checkpoint_format": "gptq", "damp_percent": 0.01, "true_sequential": True}),
    "gptq-3bit-v2": (gptq(3, 0, False), {"quant_method": "gptq", "bits": 3, "group_size": GROUP, "desc_act": False,
                                         "sym": False, "checkpoint_format": "gptq_v2", "lm_head": False}),
}


def is_packed(name, x):
    return x.ndim == 2 and name.endswith("_proj.weight")


def load(folder):
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager").eval()


def attempt(pack, seed):
    torch.manual_seed(seed)
    tensors = containers.folder_tensors(MODEL, weights.make(MODEL, seed), "F32", False)
    tokens = weights.prompt(MODEL, seed)
    held, meant = {}, {}
    for name, x in tensors.items():
        if is_packed(name, x):
            parts, meant[name] = pack(x)
            held |= {name[:-len("weight")] + part: y.contiguous() for part, y in parts.items()}
        else:
            held[name] = x.to(torch.bfloat16)
            meant[name] = held[name].float()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "config.json"), "w") as f:
            json.dump(containers.configuration_json(MODEL, "F32"), f)
        save_file({k: v.contiguous() for k, v in meant.items()}, os.path.join(folder, "model.safetensors"),
                  {"format": "pt"})
        out = reference.sites(load(folder), tokens)
    if reference.router_margin(out, MODEL.layers) < 1e-3:
        return None
    return held, {"tokens": torch.from_numpy(tokens), "logits": out["logits"]}, meant


def found(pack):
    """What the files hold, golden values, and the weights that they mean, by name."""
    return next(found for seed in range(1, 400) if (found := attempt(pack, seed)))


def build(name, pack, quantization):
    held, golden, _ = found(pack)
    folder = os.path.join(ROOT, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    configuration = containers.configuration_json(MODEL, "BF16") | {"quantization_config": quantization}
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(configuration, f, indent=2)
        f.write("\n")
    save_file(held, os.path.join(folder, "model.safetensors"), {"format": "pt"})
    save_file({k: v.contiguous() for k, v in golden.items()}, os.path.join(folder, "golden.safetensors"))
    print(f"{name:18s}", sum(os.path.getsize(os.path.join(folder, n)) for n in os.listdir(folder)) // 1024, "KB")


if __name__ == "__main__":
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    for name, (pack, quantization) in CASES.items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            build(name, pack, quantization)
