#!/usr/bin/env python3
"""Make Tests/Fixtures/packed/packed.safetensors: packed weights of every scheme, and the float32 numbers that they mean.

    python Scripts/make-packed-goldens.py

Needs: torch, safetensors, compressed-tensors. Tensors of a case are named CASE.codes, .scales, .zeroPoints, .groupIndex and
.expected; the case says the scheme: fp8/R/C, words/BITS/GROUP, bytes/BITS/GROUP (GROUP -1: a row, 0: the matrix),
awq/GROUP, gptq/BITS/GROUP/BIAS, and its last part tells cases apart. Where compressed-tensors knows the scheme, it packs and
unpacks; AutoAWQ's and GPTQ's layouts are unpacked here from their description with shifts and masks of whole tensors.
"""
import os

import torch
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32, unpack_from_int32
from compressed_tensors.quantization import QuantizationArgs
from compressed_tensors.quantization.lifecycle.forward import dequantize, quantize
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors.torch import save_file

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "packed")
torch.manual_seed(31)
cases = {}


def put(name, **parts):
    for kind, tensor in parts.items():
        if tensor is not None:
            cases[f"{name}.{kind}"] = tensor.contiguous()


def arguments(bits, group, symmetric=True, kind="int"):
    strategy = "channel" if group == -1 else "tensor" if group == 0 else "group"
    return QuantizationArgs(
        num_bits=bits, type=kind, symmetric=symmetric, strategy=strategy, group_size=group if group > 0 else None)


def parameters(weight, group, args, dtype):
    """Scales and zero points as compressed-tensors computes them."""
    shaped = weight if group <= 0 else weight.unflatten(1, (-1, group))
    axes = (0, 1) if group == 0 else -1
    low, high = shaped.amin(axes), shaped.amax(axes)
    if group <= 0:
        low, high = low.reshape(-1, 1), high.reshape(-1, 1)
    scale, zero = calculate_qparams(low, high, args)
    return scale.to(dtype), zero


def integers(layout, bits, group, rows, columns, dtype, symmetric=True, label=""):
    weight = torch.randn(rows, columns) * 0.1
    args = arguments(bits, group, symmetric)
    scale, zero = parameters(weight, group, args, dtype)
    scale, zero = (scale.reshape(1), zero.reshape(1)) if group == 0 else (scale, zero)
    codes = quantize(weight, scale.float(), zero, args, dtype=torch.int8)
    expected = dequantize(codes, scale.float(), zero, args)
    zero = None if symmetric else zero.to(torch.int8)
    if layout == "words":
        packed = pack_to_int32(codes, bits)
        assert torch.equal(unpack_from_int32(packed, bits, codes.shape), codes)
        zero = None if zero is None else pack_to_int32(zero, bits, packed_dim=0)
        codes = packed
    name = f"{layout}/{bits}/{group}/{'sym' if symmetric else 'asym'}/{label or str(dtype)[6:]}"
    put(name, codes=codes, scales=scale, zeroPoints=zero, expected=expected, values=weight if symmetric else None)


def rounded(tile, rows, columns, dtype):
    """Numbers rounded to E4M3 by torch, the largest of each tile becoming 448."""
    values = torch.randn(rows, columns) * torch.logspace(-6, 2, columns)
    height, width = (rows if tile[0] == 0 else tile[0]), (columns if tile[1] == 0 else tile[1])
    down, across = -(-rows // height), -(-columns // width)
    largest = torch.stack([torch.stack([
        values[r * height:(r + 1) * height, c * width:(c + 1) * width].abs().amax() for c in range(across)
    ]) for r in range(down)])
    scale = (largest / 448).to(dtype)
    spread = scale.float().repeat_interleave(height, 0)[:rows].repeat_interleave(width, 1)[:, :columns]
    codes = (values / spread).clamp(-448, 448).to(torch.float8_e4m3fn)
    put(f"fp8/{tile[0]}/{tile[1]}/{str(dtype)[6:]}-rounded", codes=codes,
        scales=scale.reshape(1) if tile == (0, 0) else scale, expected=codes.float() * spread, values=values)


def floats(tile, rows, columns, dtype):
    """E4M3 codes of every bit pattern but NaN, with a scale a tile."""
    codes = torch.randint(0, 254, (rows, columns), dtype=torch.int32).to(torch.uint8)
    codes[codes == 127] = 126
    codes = codes.view(torch.float8_e4m3fn)
    height, width = (rows if tile[0] == 0 else tile[0]), (columns if tile[1] == 0 else tile[1])
    down, across = -(-rows // height), -(-columns // width)
    scale = (torch.rand(down, across) * 0.01 + 1e-4).to(dtype)
    spread = scale.float().repeat_interleave(height, 0)[:rows].repeat_interleave(width, 1)[:, :columns]
    put(f"fp8/{tile[0]}/{tile[1]}/{str(dtype)[6:]}", codes=codes,
        scales=scale.reshape(1) if tile == (0, 0) else scale, expected=codes.float() * spread)


def reordered(rows, columns, group, bits):
    """compressed-tensors with activation order: the group of a column is whatever weight_g_idx says."""
    codes = torch.randint(-(2 ** (bits - 1)), 2 ** (bits - 1), (rows, columns)).to(torch.int8)
    scale = (torch.rand(rows, columns // group) * 0.01 + 1e-3).to(torch.bfloat16)
    index = torch.randperm(columns).to(torch.int32) // group
    put(f"words/{bits}/{group}/sym/act-order", codes=pack_to_int32(codes, bits), scales=scale, groupIndex=index,
        expected=codes.float() * scale.float()[:, index.long()])


def awq(rows, columns, group):
    """AutoAWQ's GEMM layout: eight outputs a word, in the order 0, 2, 4, 6, 1, 3, 5, 7."""
    order = [0, 2, 4, 6, 1, 3, 5, 7]

    def pack(values):
        shaped = values.reshape(values.shape[0], -1, 8).to(torch.int64)
        word = sum(shaped[:, :, order[slot]] << (4 * slot) for slot in range(8))
        return torch.where(word >= 2**31, word - 2**32, word).to(torch.int32)

    codes = torch.randint(0, 16, (columns, rows))
    zero = torch.randint(0, 16, (columns // group, rows))
    scale = (torch.rand(columns // group, rows) * 0.01 + 1e-3).to(torch.float16)
    spread = lambda x: x.repeat_interleave(group, 0)
    expected = ((codes - spread(zero)).float() * spread(scale.float())).T
    put(f"awq/{group}/gemm", codes=pack(codes), scales=scale, zeroPoints=pack(zero), expected=expected)


def pack_along(values, bits, axis):
    """Bits of consecutive values, lowest first, 32 to a word: the layout of GPTQ, three bits included."""
    values = values.movedim(axis, -1)
    stream = ((values.unsqueeze(-1) >> torch.arange(bits)) & 1).flatten(-2).unflatten(-1, (-1, 32)).to(torch.int64)
    word = (stream << torch.arange(32)).sum(-1)
    return torch.where(word >= 2**31, word - 2**32, word).to(torch.int32).movedim(-1, axis)


def gptq(bits, rows, columns, group, bias, ordered):
    codes = torch.randint(0, 2**bits, (columns, rows))
    zero = torch.randint(0, 2**bits, (columns // group, rows))
    scale = (torch.rand(columns // group, rows) * 0.01 + 1e-3).to(torch.float16)
    index = (torch.randperm(columns) if ordered else torch.arange(columns)) // group
    expected = ((codes - zero[index]).float() * scale.float()[index]).T
    stored = (zero - bias) % 2**bits
    put(f"gptq/{bits}/{group}/{bias}/{'ordered' if ordered else 'plain'}", codes=pack_along(codes, bits, 0),
        scales=scale, zeroPoints=pack_along(stored, bits, 1), groupIndex=index.to(torch.int32), expected=expected)


floats((128, 128), 136, 144, torch.float32)
floats((128, 128), 40, 130, torch.bfloat16)
floats((1, 0), 12, 40, torch.bfloat16)
floats((0, 0), 5, 16, torch.float32)
rounded((128, 128), 130, 140, torch.bfloat16)
rounded((1, 0), 6, 64, torch.float32)
for dtype in (torch.bfloat16, torch.float16, torch.float32):
    integers("words", 4, 32, 16, 96, dtype)
    integers("bytes", 8, -1, 9, 40, dtype)
integers("words", 4, -1, 7, 20, torch.bfloat16)
integers("words", 4, 0, 4, 16, torch.float32)
integers("words", 8, -1, 6, 24, torch.bfloat16)
integers("words", 8, 32, 6, 64, torch.float16)
integers("words", 2, 32, 6, 64, torch.bfloat16)
integers("words", 3, 32, 6, 64, torch.bfloat16)
integers("words", 4, 32, 21, 64, torch.float16, symmetric=False)
integers("words", 8, -1, 21, 24, torch.float32, symmetric=False)
integers("words", 4, -1, 5, 16, torch.float32, symmetric=False)
integers("bytes", 4, 32, 6, 64, torch.bfloat16)
integers("bytes", 8, -1, 6, 40, torch.float32, symmetric=False)
integers("bytes", 8, 32, 6, 64, torch.float16, symmetric=False)
integers("bytes", 8, 0, 6, 20, torch.float32)
reordered(6, 96, 32, 4)
awq(24, 64, 32)
awq(40, 96, 96)
for bits in (2, 3, 4, 8):
    for bias in (1, 0):
        gptq(bits, 32, 64, 32, bias, ordered=bias == 1)
gptq(4, 24, 96, 32, 1, ordered=False)

os.makedirs(OUT, exist_ok=True)
save_file(cases, os.path.join(OUT, "packed.safetensors"))
print(len({name.rsplit(".", 1)[0] for name in cases}), "cases,", sum(t.nbytes for t in cases.values()), "bytes")
