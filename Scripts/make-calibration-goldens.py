#!/usr/bin/env python3
"""Make Tests/Fixtures/calibration: what torch says of importance on the teaching models.

    python Scripts/make-calibration-goldens.py

importance-NAME.safetensors: for the four windows of 96 held-out tokens whose routers are furthest from a tie, the sums of
squares of what enters every matrix (`KEY.sums`, one row an expert) and how many tokens they are of (`KEY.counts`). KEY is the
tensor's GGUF name without `.weight`; the rows come from hooks in transformers.
"""
import os
import sys
import tempfile

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import reference, teaching  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "calibration")
LENGTH, WINDOWS = 96, 4


def squares(rows):
    return rows.double().flatten(1).pow(2).sum(0)


def add(held, key, sums, counts):
    old = held.get(key)
    held[key] = (sums, counts) if old is None else (old[0] + sums, old[1] + counts)


def importance(short):
    with tempfile.TemporaryDirectory() as built:
        c = teaching.write(short, built)
        model = reference.load(built)
    tokenizer = Tokenizer.from_file(os.path.join(teaching.MODELS, "tokenizer.json"))
    ids = tokenizer.encode(open(os.path.join(teaching.MODELS, "heldout.txt"), encoding="utf-8").read()).ids
    windows = [ids[s:s + LENGTH] for s in range(0, 60 * LENGTH, LENGTH)]
    runs = [reference.sites(model, w) for w in windows]
    order = sorted(range(len(windows)), key=lambda i: -reference.router_margin(runs[i], c.layers))[:WINDOWS]
    held = {}
    for run in (runs[i] for i in sorted(order)):
        for l in range(c.layers):
            b, g = f"blocks.{l}.", f"blk.{l}."
            whole = {"attn_q": "attn.hook_in", "attn_k": "attn.hook_in", "attn_v": "attn.hook_in",
                     "attn_output": "attn.hook_z", "ffn_gate_inp": "mlp.hook_in"}
            for key, site in whole.items():
                add(held, g + key, squares(run[b + site])[None], torch.tensor([LENGTH]))
            chosen = run[b + "mlp.hook_expert_indices"]
            members = [(chosen == e).any(1) for e in range(c.experts)]
            counts = torch.tensor([int(m.sum()) for m in members])
            inner = torch.stack([squares(run[b + "mlp.hook_in"][m]) for m in members])
            post = torch.stack([squares(run[f"{b}mlp.experts.{e}.hook_post"][m]) for e, m in enumerate(members)])
            add(held, g + "ffn_gate_exps", inner, counts)
            add(held, g + "ffn_up_exps", inner, counts)
            add(held, g + "ffn_down_exps", post, counts)
    out = {"tokens": torch.tensor([windows[i] for i in sorted(order)], dtype=torch.int32)}
    for key, (sums, counts) in held.items():
        out[key + ".sums"], out[key + ".counts"] = sums.float().contiguous(), counts.to(torch.int32)
    save_file(out, os.path.join(ROOT, f"importance-{short}.safetensors"))
    print(short, "margin", min(reference.router_margin(runs[i], c.layers) for i in order))


torch.set_num_threads(1)
torch.manual_seed(0)
transformers.utils.logging.disable_progress_bar()
os.makedirs(ROOT, exist_ok=True)
for short in ("gptoss", "qwen3moe"):
    importance(short)
