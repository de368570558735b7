#!/usr/bin/env python3
"""Save the teaching models as Hugging Face folders of every kind, plain and pruned, and load them in transformers.

    python Scripts/check-transformers.py LANCET [KIND …]

Needs: torch, transformers, accelerate, compressed-tensors, safetensors, numpy; LANCET is the built executable. For each kind
the script prints how far transformers' logits are from Lancet's, as a share of their range: at most 2e-4 where transformers
computes with the very weights in float32, and as much as rounding activations to 8 bits or weights to bfloat16 costs where it
does that. The official safetensors package opens every shard. Exits with 1 if a folder does not load or is further off.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from safetensors import safe_open

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TOKENS = [11, 42, 7, 300, 17, 42, 1999, 8, 5, 260, 900, 33]
EXACT, ROUNDED = 2e-4, 3e-2
# Kind -> the command that makes it, the tolerance, and the models it is for.
KINDS = {
    "bf16": ("", EXACT, ("gptoss", "qwen3moe")),
    "f16": ("quantize m as f16", EXACT, ("gptoss", "qwen3moe")),
    "f32": ("quantize m as f32", EXACT, ("gptoss", "qwen3moe")),
    "mxfp4": ("quantize m.experts as mxfp4", EXACT, ("gptoss", "qwen3moe")),
    # transformers decodes these to bfloat16 before it computes.
    "fp8": ("quantize m.layers as fp8", ROUNDED, ("qwen3moe",)),
    "fp8-channel": ("quantize m.layers as fp8-channel", ROUNDED, ("qwen3moe",)),
    "w4a16": ("quantize m.layers as w4a16", ROUNDED, ("qwen3moe",)),
    "w8a16": ("quantize m.layers as w8a16", ROUNDED, ("qwen3moe",)),
    "w8a8": ("quantize m.layers as w8a8", ROUNDED, ("qwen3moe",)),
    "w4a8": ("quantize m.layers as w4a8", ROUNDED, ("qwen3moe",)),
}


def save(lancet, name, command, prune, folder):
    path = os.path.join(ROOT, "examples", "models", f"teach-{name}-bf16.gguf")
    script = "\n".join([
        f'm = open "{path}"', "prune m drop [1, 5, 8, 12]" if prune else "", command,
        f'save m "{folder}"', f'again = open "{folder}"',
        f'export (run m {TOKENS}).logits "{folder}.npy"', f'export (run again {TOKENS}).logits "{folder}.again.npy"',
        f'convert "{folder}" to "{folder}.gguf"' if not command else ""])
    subprocess.run([lancet, "-c", script], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ours = np.load(folder + ".npy")
    assert np.array_equal(ours, np.load(folder + ".again.npy")), "the folder does not hold what was measured"
    return ours


def accepted(folder):
    for path in glob.glob(os.path.join(folder, "*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in file.keys():
                file.get_tensor(name)


def decompressed(folder):
    """A copy whose int8 codes compressed-tensors has decoded: transformers 5.23 converts no int-quantized experts."""
    from compressed_tensors.quantization import QuantizationConfig
    from compressed_tensors.quantization.lifecycle.forward import dequantize
    from safetensors.torch import load_file, save_file
    configuration = json.load(open(os.path.join(folder, "config.json")))
    arguments = QuantizationConfig.model_validate(configuration.pop("quantization_config")).config_groups["group_0"].weights
    held = load_file(os.path.join(folder, "model.safetensors"))
    out = {}
    for name, x in held.items():
        if name.endswith("_scale"):
            continue
        scale = held.get(name + "_scale")
        out[name] = x if scale is None else dequantize(x, scale.float(), None, arguments)
    dense = folder + "-dense"
    shutil.copytree(folder, dense, ignore=shutil.ignore_patterns("*.safetensors"))
    json.dump(configuration, open(os.path.join(dense, "config.json"), "w"))
    save_file(out, os.path.join(dense, "model.safetensors"), {"format": "pt"})
    return dense


def logits(folder):
    configuration = json.load(open(os.path.join(folder, "config.json")))
    more = {}
    quantization = configuration.get("quantization_config") or {}
    if quantization.get("format") == "int-quantized":
        return logits(decompressed(folder))
    method = quantization.get("quant_method")
    if method == "compressed-tensors":
        more["quantization_config"] = transformers.CompressedTensorsConfig(dequantize=True)
    if method == "mxfp4":
        more["quantization_config"] = transformers.Mxfp4Config(dequantize=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager", **more).float().eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        return model(torch.tensor([TOKENS]), use_cache=False).logits[0].float().numpy(), tokenizer


def main():
    lancet, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(KINDS)
    failures = 0
    for kind in wanted:
        command, tolerance, models = KINDS[kind]
        for name in models:
            for prune in (False, True):
                with tempfile.TemporaryDirectory() as scratch:
                    folder = os.path.join(scratch, "saved")
                    label = f"{kind:12s} {name:9s} {'pruned' if prune else 'whole '}"
                    try:
                        ours = save(lancet, name, command, prune, folder)
                        accepted(folder)
                        theirs, tokenizer = logits(folder)
                    except Exception as error:  # whatever goes wrong is the result
                        print(label, "FAILS", type(error).__name__, str(error)[:300], flush=True)
                        failures += 1
                        continue
                    error = np.abs(ours - theirs).max() / (theirs.max() - theirs.min())
                    same = (ours.argmax(-1) == theirs.argmax(-1)).mean()
                    size = sum(os.path.getsize(p) for p in glob.glob(folder + "/*.safetensors"))
                    good = error <= tolerance
                    failures += not good
                    print(f"{label} {size / 2**20:6.1f} MiB  off by {error:.1e} of the range, top-1 equal {same:.0%}"
                          f"  {'ok' if good else 'TOO FAR'}", flush=True)
    return failures > 0


torch.set_num_threads(2)
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
sys.exit(main())
