"""Deliberate mistakes, made inside transformers, and how far each moves the logits.

A test that Lancet matches the goldens is worth only as much as a mistake would show: every figure here must be far
above the tolerance of that test.
"""
import copy

import torch
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from .reference import is_gptoss, is_sparse, logits


def rerope(model, **changes):
    rotary = model.model.rotary_emb
    rotary.config.rope_parameters = {**rotary.config.rope_parameters, **changes}
    kind = rotary.config.rope_parameters["rope_type"]
    make = rotary.compute_default_rope_parameters if kind == "default" else ROPE_INIT_FUNCTIONS[kind]
    rotary.inv_freq, rotary.attention_scaling = make(rotary.config)


def other_truncation(model):
    rerope(model, truncate=not model.config.rope_parameters.get("truncate", True))


def drop_sinks(model):
    for layer in model.model.layers:
        layer.self_attn.sinks.data.fill_(-1e9)


def window_by(amount):
    def change(model):
        model.config.sliding_window += amount
    return change


def swap_gate_and_up(model):
    for layer in model.model.layers:
        mlp = layer.mlp
        if not is_sparse(layer):
            mlp.gate_proj, mlp.up_proj = mlp.up_proj, mlp.gate_proj
        elif is_gptoss(model):
            for p in (mlp.experts.gate_up_proj, mlp.experts.gate_up_proj_bias):
                p.data = p.data.unflatten(-1, (-1, 2)).flip(-1).flatten(-2)
        else:
            p = mlp.experts.gate_up_proj
            p.data = torch.cat(p.data.chunk(2, dim=1)[::-1], dim=1)


def drop_head_norm_weights(model):
    for layer in model.model.layers:
        layer.self_attn.q_norm.weight.data.fill_(1.0)
        layer.self_attn.k_norm.weight.data.fill_(1.0)


def flip_norm_topk(model):
    for layer in model.model.layers:
        if is_sparse(layer):
            layer.mlp.gate.norm_topk_prob = not layer.mlp.gate.norm_topk_prob


def drop_biases(what):
    def change(model):
        for name, p in model.named_parameters():
            if what in name and name.endswith("bias"):
                p.data.zero_()
    return change


def unclamp(model):
    for layer in model.model.layers:
        layer.mlp.experts.limit = 1e9


def applicable(c):
    out = {"gate-up-swapped": swap_gate_and_up}
    if c.rope.yarn:
        out["other-truncation"] = other_truncation
        out["yarn-off"] = lambda m: rerope(m, rope_type="default")
    if c.window:
        out["window-one-longer"], out["window-one-shorter"] = window_by(1), window_by(-1)
    if c.family == "gpt-oss":
        out["sinks-dropped"] = drop_sinks
        out["expert-biases-dropped"] = drop_biases("experts")
        out["router-bias-dropped"] = drop_biases("router")
        out["clamp-dropped"] = unclamp
    else:
        out["head-norm-weights-dropped"] = drop_head_norm_weights
        if c.top_k < c.experts:
            out["norm-topk-flipped"] = flip_norm_topk
    if c.attention_bias or (c.attention_bias is None and c.family == "gpt-oss"):
        out["attention-biases-dropped"] = drop_biases("self_attn")
    return out


def measure(model, c, tokens, truth):
    """Mistake -> largest difference of the logits, in units of their range."""
    span = (truth.max() - truth.min()).item()
    result = {}
    for name, change in applicable(c).items():
        mutant = copy.deepcopy(model)
        change(mutant)
        result[name] = round((logits(mutant, tokens) - truth).abs().max().item() / span, 5)
    return result


def truncated_logits(model, tokens):
    mutant = copy.deepcopy(model)
    rerope(mutant, truncate=True)
    return logits(mutant, tokens)
