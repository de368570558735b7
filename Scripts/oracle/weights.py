"""Random weights of one tiny model, already rounded to what the files will hold.

Every tensor is kept under its GGUF name. Scales are chosen so that a mistake anywhere shows in the logits: each block
adds about as much as the residual stream carries, attention is peaked, sinks and biases are large, some expert
pre-activations reach the clamp, and routers separate their experts.
"""
from dataclasses import dataclass

import gguf
import numpy as np
import torch

TYPES = gguf.GGMLQuantizationType


@dataclass
class Tensor:
    value: np.ndarray  # float32, what a reader must obtain
    type: TYPES  # as stored in GGUF
    raw: np.ndarray | None = None  # blocks, when quantized


def rounded(x, storage):
    dtype = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}[storage]
    return torch.from_numpy(np.ascontiguousarray(x, np.float32)).to(dtype).float().numpy()


def encoded(x, kind):
    """Blocks of the rows of x: by the gguf package where it can, else by ggml's own encoder."""
    try:
        return gguf.quants.quantize(x, kind)
    except NotImplementedError:
        from . import ggml
        return ggml.encoded(x, kind)


class Maker:
    def __init__(self, c, seed):
        self.c = c
        self.rng = np.random.default_rng(seed)
        self.tensors = {}

    def add(self, name, x, kind):
        """kind: vector and router stay F32 in GGUF; matrix and expert take the configuration's types."""
        c = self.c
        x = rounded(x, c.storage)
        wanted = c.format_of(name, kind) if kind in ("matrix", "expert") else None
        if wanted and x.shape[-1] % 32 == 0:
            raw = encoded(x, TYPES[wanted])
            value = gguf.quants.dequantize(raw, TYPES[wanted]).astype(np.float32).reshape(x.shape)
            self.tensors[name] = Tensor(value, TYPES[wanted], raw)
        elif kind in ("matrix", "expert"):
            self.tensors[name] = Tensor(x, TYPES[c.storage])
        else:
            self.tensors[name] = Tensor(x, TYPES.F32)

    def normal(self, *shape, scale=1.0, mean=0.0):
        return self.rng.standard_normal(shape) * scale + mean

    def norm(self, name, width, mean=1.0, scale=0.3):
        x = self.normal(width, scale=scale, mean=mean)
        self.add(name, np.where(np.abs(x) < 0.2, 0.2, x), "vector")

    def matrix(self, name, rows, columns, gain, kind="matrix", experts=None):
        shape = (rows, columns) if experts is None else (experts, rows, columns)
        self.add(name, self.normal(*shape, scale=gain / np.sqrt(columns)), kind)

    def vector(self, name, *shape, scale, mean=0.0):
        self.add(name, self.normal(*shape, scale=scale, mean=mean), "vector")


def has_attention_bias(c):
    return c.traits.attention_bias if c.attention_bias is None else c.attention_bias


def has_output_bias(c):
    return has_attention_bias(c) and c.family not in ("qwen2", "qwen2moe")


def attention(m, b, depth):
    c = m.c
    gptoss = c.family == "gpt-oss"
    m.norm(b + "attn_norm.weight", c.hidden)
    sizes = {"q": c.heads * c.head_dim, "k": c.kv_heads * c.head_dim, "v": c.kv_heads * c.head_dim}
    for part, rows in sizes.items():
        m.matrix(f"{b}attn_{part}.weight", rows, c.hidden, {"q": 1.3, "k": 1.3, "v": 1.6}[part])
    m.matrix(b + "attn_output.weight", c.hidden, sizes["q"], 1.6 * depth)
    if has_attention_bias(c):
        for part, rows in sizes.items():
            m.vector(f"{b}attn_{part}.bias", rows, scale=0.8)
        if has_output_bias(c):
            m.vector(b + "attn_output.bias", c.hidden, scale=0.6)
    if gptoss:
        m.vector(b + "attn_sinks.weight", c.heads, scale=1.5, mean=4.0)
    if c.traits.head_norms:
        for part in "qk":
            width = sizes[part] if c.traits.head_norms == "whole" else c.head_dim
            m.norm(f"{b}attn_{part}_norm.weight", width, mean=1.5, scale=0.4)


def feed_forward(m, layer, b, depth):
    c = m.c
    gptoss = c.family == "gpt-oss"
    m.norm(b + ("post_attention_norm.weight" if gptoss else "ffn_norm.weight"), c.hidden)
    if c.is_dense(layer):
        m.matrix(b + "ffn_gate.weight", c.dense_width, c.hidden, 2.0)
        m.matrix(b + "ffn_up.weight", c.dense_width, c.hidden, 1.5)
        m.matrix(b + "ffn_down.weight", c.hidden, c.dense_width, 0.8 * depth)
        if c.mlp_bias:
            for part, rows in (("gate", c.dense_width), ("up", c.dense_width), ("down", c.hidden)):
                m.vector(f"{b}ffn_{part}.bias", rows, scale=0.8)
        return
    if c.traits.shared:
        m.add(b + "ffn_gate_inp_shexp.weight", m.normal(1, c.hidden, scale=2.0 / np.sqrt(c.hidden)), "router")
        m.matrix(b + "ffn_gate_shexp.weight", c.shared_width, c.hidden, 2.0)
        m.matrix(b + "ffn_up_shexp.weight", c.shared_width, c.hidden, 1.5)
        m.matrix(b + "ffn_down_shexp.weight", c.hidden, c.shared_width, 0.8 * depth)
    m.add(b + "ffn_gate_inp.weight", m.normal(c.experts, c.hidden, scale=2.0 / np.sqrt(c.hidden)), "router")
    m.matrix(b + "ffn_gate_exps.weight", c.width, c.hidden, 2.2, "expert", c.experts)
    m.matrix(b + "ffn_up_exps.weight", c.width, c.hidden, 2.0, "expert", c.experts)
    gain = 0.5 if gptoss else 1.0 if c.norm_topk else 1.8
    m.matrix(b + "ffn_down_exps.weight", c.hidden, c.width, gain * depth, "expert", c.experts)
    if gptoss:
        m.vector(b + "ffn_gate_inp.bias", c.experts, scale=1.0)
        m.vector(b + "ffn_gate_exps.bias", c.experts, c.width, scale=1.5)
        m.vector(b + "ffn_up_exps.bias", c.experts, c.width, scale=1.5)
        m.vector(b + "ffn_down_exps.bias", c.experts, c.hidden, scale=0.8)


def make(c, seed):
    """GGUF name -> Tensor."""
    m = Maker(c, seed)
    m.add("token_embd.weight", m.normal(c.vocab, c.hidden), "matrix")
    m.norm("output_norm.weight", c.hidden)
    if not c.tied:
        m.matrix("output.weight", c.vocab, c.hidden, 2.0)
    for layer in range(c.layers):
        b, depth = f"blk.{layer}.", 1.0 + 0.5 * layer
        attention(m, b, depth)
        feed_forward(m, layer, b, depth)
    return m.tensors


def prompt(c, seed):
    return np.random.default_rng(seed + 1).integers(0, c.vocab, c.tokens).astype(np.int32)
