#!/usr/bin/env python3
"""Make the tiny models of Tests/Fixtures/oracles and their golden values.

    python Scripts/make-oracles.py [NAME …]        all configurations, or those named

Needs: torch, transformers, safetensors, gguf, numpy (the versions used are recorded in each meta.json).
Configurations are in oracle/configurations.py. Weights are rounded to what the files hold before anything is computed;
then transformers runs in float32 with eager attention and the plain loop over experts. Seeds are tried in turn until
no router is near a tie, no greedy choice is near one, and every deliberate mistake of oracle/mutations.py that
applies moves the logits by at least a hundred times the tests' tolerance.
"""
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile

import torch
import transformers
from safetensors.torch import save_file

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import containers, mutations, reference, weights  # noqa: E402
from oracle.configurations import CONFIGURATIONS  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "oracles")
TOLERANCE = 2e-4  # of the logits' range: what the tests allow
MARGIN = 1e-3
# A mistake that only touches a few positions or a few large activations need not show a hundredfold.
SUBTLE = {"clamp-dropped", "norm-topk-flipped", "router-bias-dropped"}


def versions():
    return {p: importlib.metadata.version(p) for p in ("torch", "transformers", "safetensors", "gguf", "numpy")}


def attempt(c, seed):
    """Golden tensors and figures for one seed, or the reason why the seed will not do."""
    torch.manual_seed(seed)
    t, tokens = weights.make(c, seed), weights.prompt(c, seed)
    with tempfile.TemporaryDirectory() as folder:
        # A quantized model is given to transformers as the float32 values its blocks decode to.
        storage = "F32" if not c.huggingface else c.storage
        containers.write_folder(c, t, folder, storage)
        model = reference.load(folder, c.experts > 0)
    reference.check_values(model, containers.folder_tensors(c, t, "F32", packed=False))
    out = reference.sites(model, tokens)
    truth = out["logits"]
    span = (truth.max() - truth.min()).item()
    top = truth.topk(2, dim=-1).values
    ratios = reference.update_ratios(out, c.layers)
    double = reference.logits(model.double(), tokens)
    model.float()
    figures = {
        "router_margin": round(reference.router_margin(out, c.layers), 6) if c.experts else None,
        "argmax_margin": round((top[:, 0] - top[:, 1]).min().item() / span, 6),
        "logits_range": round(span, 4),
        "double_precision_difference": float(f"{(double - truth).abs().max().item() / span:.2e}"),
        "update_ratio": ratios,
    }
    if c.experts and figures["router_margin"] < MARGIN:
        return None, "a router is near a tie"
    if figures["argmax_margin"] < 4 * TOLERANCE:
        return None, "a greedy choice is near a tie"
    if min(ratios.values()) < 0.4:
        return None, f"an update is small: {ratios}"
    if figures["double_precision_difference"] > TOLERANCE / 10:
        return None, "single precision is too noisy"
    figures["mutations"] = mutations.measure(model, c, tokens, truth)
    weak = [k for k, v in figures["mutations"].items() if v < 100 * TOLERANCE and k not in SUBTLE]
    if weak:
        return None, f"{weak} move the logits too little: {figures['mutations']}"
    out["tokens"] = torch.from_numpy(tokens)
    if "yarn-untruncated" in c.features and c.family == "gpt-oss":
        out["logits_truncated"] = mutations.truncated_logits(model, tokens)
    return (t, out, figures), None


def kept(c, key):
    return c.sites == "all" or key in ("tokens", "logits", "logits_truncated") or key.endswith(
        ("hook_resid_post", "hook_expert_indices", "hook_expert_weights"))


def build(c):
    for seed in range(1, 400):
        found, reason = attempt(c, seed)
        if found:
            break
        if os.environ.get("VERBOSE"):
            print("  seed", seed, reason)
    else:
        raise SystemExit(f"{c.name}: no seed will do; the last: {reason}")
    t, out, figures = found
    folder = os.path.join(ROOT, c.name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    if c.huggingface:
        containers.write_folder(c, t, folder)
    if c.gguf:
        containers.write_gguf(c, t, os.path.join(folder, "model.gguf"))
    save_file({k: v.contiguous() for k, v in out.items() if kept(c, k)}, os.path.join(folder, "golden.safetensors"))
    meta = {
        "name": c.name, "family": c.family, "seed": seed, "storage": c.storage,
        "matrices": c.matrices or c.storage, "expert_matrices": c.expert_matrices or c.storage,
        "containers": [n for n, held in (("huggingface", c.huggingface), ("gguf", c.gguf)) if held],
        "sites": c.sites, "features": list(c.features), "tokens": c.tokens, "layers": c.layers,
        "hidden": c.hidden, "heads": c.heads, "kv_heads": c.kv_heads, "head_dim": c.head_dim,
        "dense_width": c.dense_width, "shared_width": c.shared_width,
        "experts": c.experts, "top_k": c.top_k, "expert_width": c.width, "vocab": c.vocab, "window": c.window,
        "windowed_layers": [l for l in range(c.layers) if c.is_windowed(l)],
        "dense_layers": [l for l in range(c.layers) if c.is_dense(l)], "tied": c.tied,
        "yarn": c.rope.yarn, **figures, "versions": versions(),
    }
    with open(os.path.join(folder, "meta.json"), "w") as f:
        json.dump(meta, f, indent=2)
        f.write("\n")
    size = sum(os.path.getsize(os.path.join(folder, n)) for n in os.listdir(folder))
    print(f"{c.name:24s} seed {seed:3d}  {size / 1024:7.0f} KB  margin {figures['router_margin']}  "
          f"noise {figures['double_precision_difference']:.1e}  ratios {min(figures['update_ratio'].values())}–"
          f"{max(figures['update_ratio'].values())}  {figures['mutations']}", flush=True)


torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
for configuration in CONFIGURATIONS:
    if not sys.argv[1:] or configuration.name in sys.argv[1:]:
        build(configuration)
