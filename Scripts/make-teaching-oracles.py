#!/usr/bin/env python3
"""Make Tests/Fixtures/oracles/teach-*: golden logits, residuals, routing and interventions of the teaching models.

    python Scripts/make-teaching-oracles.py

transformers runs the values of examples/models/*.gguf in float32 with eager attention and the plain loop over experts.
"""
import importlib.metadata
import json
import os
import sys
import tempfile

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import interventions, reference, teaching  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "oracles")
TOLERANCE = 2e-4  # of the logits' range: what the tests allow
KEPT = ("hook_resid_post", "hook_expert_indices", "hook_expert_weights")


def golden(out, tokens):
    kept = {k: v for k, v in out.items() if k == "logits" or k.endswith(KEPT)}
    return kept | {"tokens": torch.tensor(tokens, dtype=torch.int32)}


def cases(clean, corrupt, layers):
    """Name -> (base run, edits). Experts at the last position are those the clean run chose."""
    def site(l, name, action, source=None, **more):
        return {"site": f"blocks.{l}.{name}", "action": action, **({"from": source} if source else {}), **more}

    chosen = [clean[f"blocks.{l}.mlp.hook_expert_indices"][-1].tolist() for l in range(layers)]
    last = len(clean["logits"]) - 1
    first = chosen[0][0]
    z, router = "attn.hook_z", "mlp.hook_router_logits"
    return {
        "zero-z-L2H5": ("clean", [site(2, z, "zero", head=5)]),
        "zero-z-L3H7": ("clean", [site(3, z, "zero", head=7)]),
        "noise-z-L3H7": ("clean", [site(3, z, "replace", head=7, source="corrupt")]),
        "denoise-z-L3H7-last": ("corrupt", [site(3, z, "replace", head=7, positions=[last], source="clean")]),
        "denoise-resid-pre-L2P9": ("corrupt", [site(2, "hook_resid_pre", "replace", positions=[9], source="clean")]),
        "denoise-resid-post-L1": ("corrupt", [site(1, "hook_resid_post", "replace", source="clean")]),
        "denoise-k-L3K1": ("corrupt", [site(3, "attn.hook_k", "replace", head=1, source="clean")]),
        "denoise-v-L3K1": ("corrupt", [site(3, "attn.hook_v", "replace", head=1, source="clean")]),
        "denoise-v-L0K0-P9": ("corrupt", [site(0, "attn.hook_v", "replace", head=0, positions=[9], source="clean")]),
        "denoise-rot-k-L3K1": ("corrupt", [site(3, "attn.hook_rot_k", "replace", head=1, source="clean")]),
        "resample-q-L0H2": ("clean", [site(0, "attn.hook_q", "replace", head=2, source="other")]),
        "resample-rot-q-L0H4": ("clean", [site(0, "attn.hook_rot_q", "replace", head=4, source="other")]),
        "resample-pattern-L0H4": ("clean", [site(0, "attn.hook_pattern", "replace", head=4, source="other")]),
        "resample-pattern-L0H4-late": ("clean", [
            site(0, "attn.hook_pattern", "replace", head=4, positions=list(range(6, last + 1)), source="other")]),
        "zero-pattern-L3H7": ("clean", [site(3, "attn.hook_pattern", "zero", head=7)]),
        "resample-router-logits-L0": ("clean", [site(0, router, "replace", source="other")]),
        "mean-z-L1H0": ("clean", [site(1, z, "mean", head=0, vector="mean.z.L1H0")]),
        "mean-z-L3H7": ("clean", [site(3, z, "mean", head=7, vector="mean.z.L3H7")]),
        "zero-attn-out-L1": ("clean", [site(1, "hook_attn_out", "zero")]),
        "zero-mlp-out-L2": ("clean", [site(2, "hook_mlp_out", "zero")]),
        "denoise-mlp-out-L0": ("corrupt", [site(0, "hook_mlp_out", "replace", source="clean")]),
        "zero-expert-L1E3": ("clean", [site(1, "mlp.experts.3.hook_out", "zero", expert=3)]),
        "zero-expert-L0-first": ("clean", [site(0, f"mlp.experts.{first}.hook_out", "zero", expert=first)]),
        "denoise-expert-L3-first": ("corrupt", [
            site(3, f"mlp.experts.{chosen[3][0]}.hook_out", "replace", expert=chosen[3][0], source="clean")]),
        "zero-channels-L0-first": ("clean", [
            site(0, f"mlp.experts.{first}.hook_post", "zero", expert=first,
                 channels=list(range(0, 256, 3)))]),
        "drop-experts-L0": ("clean", [site(0, router, "drop", experts=sorted(chosen[0]))]),
        "drop-experts-all-layers": ("clean", [
            site(l, router, "drop", experts=sorted({chosen[l][0], 2 * l + 1})) for l in range(layers)]),
        "denoise-router-logits-L2": ("corrupt", [site(2, router, "replace", source="clean")]),
        "together": ("corrupt", [
            site(1, "hook_resid_pre", "replace", positions=[9], source="clean"), site(2, z, "zero", head=5),
            site(3, router, "drop", experts=[chosen[3][1]]), site(3, z, "replace", head=7, source="clean")]),
    }


def clearest(model, ids, layers):
    """The window of 96 held-out tokens, among the first sixty, whose routers are furthest from a tie."""
    windows = {s: ids[s:s + 96] for s in range(0, 60 * 96, 96)}
    margin = lambda s: reference.router_margin(reference.sites(model, windows[s]), layers)
    best = max(windows, key=margin)
    return best, windows[best]


def make(short):
    folder = os.path.join(ROOT, "teach-" + short)
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as built:
        c = teaching.write(short, built)
        model = reference.load(built)
    tokenizer = Tokenizer.from_file(os.path.join(teaching.MODELS, "tokenizer.json"))
    encode = lambda text: tokenizer.encode(text).ids
    text = open(os.path.join(teaching.MODELS, "heldout.txt"), encoding="utf-8").read()
    bench = open(os.path.join(teaching.MODELS, "errbench.jsonl"), encoding="utf-8")
    items = [j for j in map(json.loads, bench) if j["family"] == "ioi"]
    item = items[0]
    prompts = {"clean": encode(item["prompt"]), "corrupt": encode(item["corrupt"])}
    others = (encode(j["prompt"]) for j in items[1:])
    prompts["other"] = next(ids for ids in others if len(ids) == len(prompts["clean"]))
    start, prompts["heldout"] = clearest(model, encode(text), c.layers)
    runs = {name: reference.sites(model, ids) for name, ids in prompts.items()}
    save_file(golden(runs["heldout"], prompts["heldout"]), os.path.join(folder, "golden.safetensors"))
    save_file(golden(runs["clean"], prompts["clean"]), os.path.join(folder, "golden-ioi.safetensors"))

    heads = {f"mean.z.L{l}H{h}": runs["heldout"][f"blocks.{l}.attn.hook_z"][:, h] for l, h in ((1, 0), (3, 7))}
    vectors = {name: z.mean(0) for name, z in heads.items()}
    out = {k: v.contiguous() for k, v in vectors.items()}
    for base in ("clean", "corrupt", "other"):
        out[base + ".tokens"] = torch.tensor(prompts[base], dtype=torch.int32)
        out[base + ".logits"] = runs[base]["logits"][-1]
    answer, wrong = (encode(item[k])[0] for k in ("answer", "wrong"))
    difference = lambda x: round((x[answer] - x[wrong]).item(), 6)
    listed = []
    for name, (base, edits) in cases(runs["clean"], runs["corrupt"], c.layers).items():
        result = interventions.run(model, prompts[base], edits, runs, vectors)[-1]
        assert torch.isfinite(result).all(), name
        out[name + ".logits"] = result
        untouched = runs[base]["logits"][-1]
        effect = ((result - untouched).abs().max() / (untouched.max() - untouched.min())).item()
        assert effect > 10 * TOLERANCE, f"{name} moves the logits by {effect} only"
        listed.append({"name": name, "base": base, "edits": edits, "logit_difference": difference(result),
                       "effect": round(effect, 6)})
    # An edit that replaces a run's values by its own must leave the logits where they were.
    for name, (base, edits) in cases(runs["clean"], runs["corrupt"], c.layers).items():
        own = [{**e, "from": base} for e in edits if e["action"] == "replace"]
        if own:
            same = interventions.run(model, prompts[base], own, runs, vectors)[-1]
            assert (same - runs[base]["logits"][-1]).abs().max() < 1e-4, name
    save_file({k: v.contiguous() for k, v in out.items()}, os.path.join(folder, "interventions.safetensors"))
    used = ("torch", "transformers", "safetensors", "gguf", "tokenizers")
    versions = {p: importlib.metadata.version(p) for p in used}
    meta = {
        "name": c.name, "model": f"teach-{short}-bf16.gguf", "family": c.family, "item": item,
        "heldout_start": start, "answer": answer, "wrong": wrong,
        "logit_difference": {b: difference(runs[b]["logits"][-1]) for b in ("clean", "corrupt")},
        "router_margin": {n: round(reference.router_margin(r, c.layers), 6) for n, r in runs.items()},
        "versions": versions,
    }
    with open(os.path.join(folder, "meta.json"), "w") as f:
        json.dump(meta, f, indent=2)
        f.write("\n")
    with open(os.path.join(folder, "interventions.json"), "w") as f:
        head = {k: meta[k] for k in ("answer", "wrong", "logit_difference")}
        json.dump({**head, "cases": listed}, f, indent=2)
        f.write("\n")
    print(short, meta["logit_difference"], meta["router_margin"], {x["name"]: x["effect"] for x in listed})


torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
for short in ("gptoss", "qwen3moe"):
    make(short)
