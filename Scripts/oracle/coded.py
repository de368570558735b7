"""Products as the precision `fast` defines them, inside transformers' models.

The definition (ARCHITECTURE.md, Precision): where a matrix is stored as blocks of whole numbers and a row is a whole number of
32 columns, what enters the product is coded, 32 neighbouring channels under one step:

    size = largest magnitude of the 32        code = round(value · 127 / size), ties to even        value' = code · size / 127

and value' is multiplied with the weights. Matrices of single numbers (F32, F16, BF16) take the values as they are, and so does
everything that is no product with weights. Nothing else is rounded: not the weights, not sums.
"""
from dataclasses import dataclass

import torch

from .reference import is_gptoss, is_sparse
from .weights import TYPES

SINGLE = (TYPES.F32, TYPES.F16, TYPES.BF16)


@dataclass
class Coding:
    """The precision, and what a deliberate mistake in it would be."""

    width: int = 32  # channels under one step
    levels: int = 127
    codes_single: bool = False  # whether matrices of single numbers take coded values too
    least_margin: float = float("inf")  # how near any value came to a tie of its rounding, in codes

    def __call__(self, x):
        parts = []
        for part in x.split(self.width, dim=-1):
            size = part.abs().amax(-1, keepdim=True)
            scaled = torch.where(size > 0, part * self.levels / size, 0.0)
            if x.numel():
                # The largest is a whole number whatever else rounds, so it is no tie.
                self.least_margin = min(self.least_margin, (scaled - scaled.floor() - 0.5).abs().min().item())
            parts.append(scaled.round() * size / self.levels)
        return torch.cat(parts, -1)

    def takes(self, tensor):
        """Whether products with a tensor of weights take coded values."""
        return self.codes_single or tensor.type not in SINGLE


def code_inputs(module, coding):
    module.register_forward_pre_hook(lambda _, inputs: (coding(inputs[0]), *inputs[1:]))


def code_experts(model, experts, coding, gate, up, down):
    """The experts' own forward, one expert at a time, with what enters each of its three products coded where it is to be."""
    def pick(tensor, x):
        return coding(x) if coding.takes(tensor) else x

    def pre(e, x):
        if is_gptoss(model):
            both = [t @ experts.gate_up_proj[e] + experts.gate_up_proj_bias[e] for t in (pick(gate, x), pick(up, x))]
            return experts._apply_gate(torch.stack([both[0][..., ::2], both[1][..., 1::2]], -1).flatten(-2))
        both = [torch.nn.functional.linear(t, experts.gate_up_proj[e]).chunk(2, dim=-1) for t in (pick(gate, x), pick(up, x))]
        return experts.act_fn(both[0][0]) * both[1][1]

    def forward(hidden_states, indices, weights):
        shape, x = hidden_states.shape, hidden_states.reshape(-1, hidden_states.shape[-1])
        total = torch.zeros_like(x)
        for e in range(experts.num_experts):
            rows, slots = torch.where(indices == e)
            out = pick(down, pre(e, x[rows]))
            if is_gptoss(model):
                out = out @ experts.down_proj[e] + experts.down_proj_bias[e]
            else:
                out = torch.nn.functional.linear(out, experts.down_proj[e])
            total.index_add_(0, rows, out * weights[rows, slots, None])
        return total.reshape(shape)

    experts.forward = forward


def install(model, tensors, coding):
    """Make a model's products those of `fast`. `tensors`: by GGUF name, what each matrix is stored as."""
    def linear(module, name):
        if coding.takes(tensors[name]):
            code_inputs(module, coding)

    for l, layer in enumerate(model.model.layers):
        b = f"blk.{l}."
        for ours, theirs in (("q", "q"), ("k", "k"), ("v", "v"), ("output", "o")):
            linear(getattr(layer.self_attn, theirs + "_proj"), f"{b}attn_{ours}.weight")
        if is_sparse(layer):
            code_experts(model, layer.mlp.experts, coding, *(tensors[f"{b}ffn_{p}_exps.weight"] for p in ("gate", "up", "down")))
        for part in ("gate", "up", "down"):
            if hasattr(layer.mlp, "shared_expert"):
                linear(getattr(layer.mlp.shared_expert, part + "_proj"), f"{b}ffn_{part}_shexp.weight")
            if not is_sparse(layer):
                linear(getattr(layer.mlp, part + "_proj"), f"{b}ffn_{part}.weight")
    linear(model.lm_head, "output.weight" if "output.weight" in tensors else "token_embd.weight")
