"""Deliberate mistakes, made inside transformers, and how far each moves the logits.

A test that Lancet matches the goldens is worth only as much as a mistake would show: every figure here must be far
above the tolerance of that test.
"""
import copy

import torch
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from .reference import is_gptoss, is_sparse, logits
from .weights import has_attention_bias


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


def split_whole_norms(model):
    """Norms over all heads together become norms over each head."""
    for layer in model.model.layers:
        attention = layer.self_attn
        for norm in (attention.q_norm, attention.k_norm):
            def by_head(x, norm=norm, width=attention.head_dim):
                heads = x.unflatten(-1, (-1, width))
                scaled = heads * torch.rsqrt(heads.pow(2).mean(-1, keepdim=True) + norm.variance_epsilon)
                return scaled.flatten(-2) * norm.weight
            norm.forward = by_head


def drop_shared_experts(model):
    for layer in model.model.layers:
        if is_sparse(layer):
            layer.mlp.shared_expert.down_proj.weight.data.zero_()


def open_shared_gates(model):
    """The shared expert counts fully: its gate's sigmoid becomes 1."""
    for layer in model.model.layers:
        if is_sparse(layer):
            layer.mlp.shared_expert_gate.register_forward_hook(lambda m, args, output: torch.full_like(output, 1e9))


def interleave_rows(model):
    """Query and key rows in the order of a GGUF, read as if they were in Hugging Face's."""
    for layer in model.model.layers:
        for module in (layer.self_attn.q_proj, layer.self_attn.k_proj):
            for p in module.parameters():
                pairs = p.data.reshape(-1, 2, layer.self_attn.head_dim // 2, *p.shape[1:])
                p.data = pairs.swapaxes(1, 2).reshape(p.shape)


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
    if c.rope.factor and not c.rope.yarn:
        out["stretching-off"] = lambda m: rerope(m, rope_type="default")
    if c.traits.interleaved:
        out["rows-interleaved"] = interleave_rows
    if c.traits.shared:
        out["shared-experts-dropped"], out["shared-gates-open"] = drop_shared_experts, open_shared_gates
    if c.traits.head_norms == "whole":
        out["norms-by-head"] = split_whole_norms
    if c.mlp_bias:
        out["mlp-biases-dropped"] = drop_biases("mlp")
    if c.window:
        out["window-one-longer"], out["window-one-shorter"] = window_by(1), window_by(-1)
    if c.family == "gpt-oss":
        out["sinks-dropped"] = drop_sinks
        out["expert-biases-dropped"] = drop_biases("experts")
        out["router-bias-dropped"] = drop_biases("router")
        out["clamp-dropped"] = unclamp
    elif c.traits.head_norms:
        out["head-norm-weights-dropped"] = drop_head_norm_weights
    if c.top_k < c.experts and c.family not in ("gpt-oss", "mixtral"):
        out["norm-topk-flipped"] = flip_norm_topk
    if has_attention_bias(c):
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
