#!/usr/bin/env python3
"""Make Tests/Fixtures/calibration: importance, GPTQ, Wanda and SparseGPT as torch has them.

    python Scripts/make-calibration-goldens.py

importance-NAME.safetensors: for the four windows of 96 held-out tokens whose routers are furthest from a tie, the sums of
squares of what enters every matrix (`KEY.sums`, one row an expert) and how many tokens they are of (`KEY.counts`). KEY is the
tensor's GGUF name without `.weight`; the rows come from hooks in transformers.

feedback.safetensors: small matrices with correlated inputs. GPTQ is written out column by column in double precision, without
blocks; scales are compressed-tensors' (largest magnitude of the group over 7.5, in bfloat16), fixed when a group is reached,
or for act-order beforehand. SparseGPT and Wanda choose 2 of every 4 columns.
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


def case(seed, rows=8, columns=64, tokens=160):
    g = torch.Generator().manual_seed(seed)
    w = torch.randn(rows, columns, generator=g) * 0.05
    mix = torch.randn(columns, columns, generator=g) / columns ** 0.5
    strength = torch.exp(torch.randn(columns, generator=g))
    x = (torch.randn(tokens, columns, generator=g) @ (torch.eye(columns) + 2 * mix)) * strength
    return w, x


def upper(x, order, damping):
    """The upper Cholesky factor of the damped Hessian's inverse."""
    h = 2 / len(x) * (x.double().T @ x.double())
    h = h[order][:, order]
    h += damping * h.diagonal().mean() * torch.eye(len(h), dtype=torch.double)
    return torch.linalg.cholesky(torch.linalg.inv(h), upper=True)


def scale(values):
    """One a row."""
    return (values.float().abs().amax(1) / 7.5).bfloat16().float()


def gptq(w, x, group, damping=0.01, act_order=False):
    h = (x.double() ** 2).sum(0)
    order = torch.argsort(h, descending=True, stable=True) if act_order else torch.arange(w.shape[1])
    u, rest = upper(x, order, damping), w.double()[:, order].clone()
    out = torch.zeros_like(w)
    fixed = [scale(w[:, s:s + group]) for s in range(0, w.shape[1], group)]
    for i, column in enumerate(order.tolist()):
        if not act_order and i % group == 0:
            fixed[i // group] = scale(rest[:, i:i + group])
        s = fixed[column // group]
        out[:, column] = torch.round(rest[:, i].float() / s).clamp(-8, 7) * s
        error = (rest[:, i] - out[:, column].double()) / u[i, i]
        rest[:, i:] -= error[:, None] * u[i, i:]
    return out


def lowest_two(scores):
    """True for two of every four columns."""
    rows, columns = scores.shape
    rank = scores.reshape(rows, -1, 4).argsort(dim=-1, stable=True).argsort(dim=-1, stable=True)
    return (rank < 2).reshape(rows, columns)


def sparsegpt(w, x, damping=0.01):
    u, rest = upper(x, torch.arange(w.shape[1]), damping), w.double().clone()
    out, mask = torch.zeros_like(w), torch.zeros_like(w, dtype=torch.bool)
    for i in range(w.shape[1]):
        if i % 4 == 0:
            mask[:, i:i + 4] = lowest_two((rest[:, i:i + 4] / u.diagonal()[i:i + 4]) ** 2)
        out[:, i] = torch.where(mask[:, i], 0.0, rest[:, i].float())
        error = (rest[:, i] - out[:, i].double()) / u[i, i]
        rest[:, i:] -= error[:, None] * u[i, i:]
    return out


def feedback():
    out = {}
    for name, seed, group, act_order in (("whole", 1, 64, False), ("small", 2, 16, False), ("ordered", 3, 32, True)):
        w, x = case(seed)
        result = gptq(w, x, group, act_order=act_order)
        nearest = torch.cat([
            torch.round(v / scale(v)[:, None]).clamp(-8, 7) * scale(v)[:, None] for v in w.split(group, 1)], 1)
        loss = lambda q: ((q - w).double() @ x.double().T).pow(2).mean().item()
        print(name, "gptq", loss(result), "nearest", loss(nearest))
        out |= {f"{name}.w": w, f"{name}.x": x.contiguous(), f"{name}.gptq": result}
    w, x = case(4)
    wanda = torch.where(lowest_two(w.abs() * x.norm(dim=0)), 0.0, w)
    out |= {"sparse.w": w, "sparse.x": x.contiguous(), "sparse.wanda": wanda, "sparse.sparsegpt": sparsegpt(w, x)}
    save_file({k: v.contiguous() for k, v in out.items()}, os.path.join(ROOT, "feedback.safetensors"))


torch.set_num_threads(1)
torch.manual_seed(0)
transformers.utils.logging.disable_progress_bar()
os.makedirs(ROOT, exist_ok=True)
feedback()
for short in ("gptoss", "qwen3moe"):
    importance(short)
