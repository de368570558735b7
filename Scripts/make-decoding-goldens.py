#!/usr/bin/env python3
"""Make Tests/Fixtures/blocks/decoding.json: what the gguf package and ggml decode from random and adversarial blocks.

    python Scripts/make-decoding-goldens.py

Needs: gguf, numpy, llama_cpp (for ggml's C code, the only source for types that the gguf package lacks). Where both decode
a type they must agree, or this stops. Blocks come from a formula that the test repeats, so only checksums of the decoded
numbers are kept (float32, little-endian, every NaN as 0x7fc00000), one for each kind of block, and the numbers of a few.

Byte n of block i of type t is byte n mod 8 of SplitMix64's output number n / 8 from the state t · 2³² + i. Then, by i mod 8:
0, 1: nothing more     2: halves (the scales) from the list `special`, the h-th entry (i / 8 + 5h) mod its length
3: halves plus or minus zero     4, 5: all bytes but the halves 0xFF, 0x00     6: all bytes i / 8 mod 256
7: halves subnormal (their exponent's bits cleared)
"""
import ctypes
import glob
import importlib.metadata
import json
import os
import zlib

import gguf
import llama_cpp
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "blocks")
SPECIAL = [0x7C00, 0xFC00, 0x7E00, 0xFE01, 0x7C01, 0x7BFF, 0xFBFF, 0x0001, 0x8001, 0x03FF, 0x0400, 0x3C00, 0xBC00]
# Name: (ggml number, where the half-precision scales lie)
TYPES = {
    "f32": (0, []), "f16": (1, []), "bf16": (30, []), "q4_0": (2, [0]), "q4_1": (3, [0, 2]), "q5_0": (6, [0]),
    "q5_1": (7, [0, 2]), "q8_0": (8, [0]), "q2_k": (10, [80, 82]), "q3_k": (11, [108]), "q4_k": (12, [0, 2]),
    "q5_k": (13, [0, 2]), "q6_k": (14, [208]), "iq2_xxs": (16, [0]), "iq2_xs": (17, [0]), "iq3_xxs": (18, [0]),
    "iq1_s": (19, [0]), "iq4_nl": (20, [0]), "iq3_s": (21, [0]), "iq2_s": (22, [0]), "iq4_xs": (23, [0]),
    "iq1_m": (29, []), "tq1_0": (34, [52]), "tq2_0": (35, [64]), "mxfp4": (39, []), "nvfp4": (40, []),
    "q1_0": (41, [0]), "q2_0": (42, [0]),
}


class Traits(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("length", ctypes.c_int64), ("interleave", ctypes.c_int64),
                ("bytes", ctypes.c_size_t), ("quantized", ctypes.c_bool), ("to_float", ctypes.c_void_p)]


ggml = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
ggml.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
ggml.ggml_get_type_traits.argtypes = [ctypes.c_int]
ggml.ggml_version.restype = ctypes.c_char_p


def splitmix(state):
    with np.errstate(over="ignore"):
        z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def blocks(number, size, halves, count):
    steps = np.arange(1, (size + 7) // 8 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (np.uint64(number << 32) + np.arange(count, dtype=np.uint64))[:, None] + steps
    data = np.ascontiguousarray(splitmix(state)).view(np.uint8)[:, :size].copy()
    own = np.ones(size, bool)
    for at in halves:
        own[at:at + 2] = False
    for i in range(count):
        kind, turn = i % 8, i // 8
        if kind in (4, 5):
            data[i, own] = 0xFF if kind == 4 else 0
        if kind == 6:
            data[i] = turn % 256
        for h, at in enumerate(halves):
            half = int(data[i, at]) | int(data[i, at + 1]) << 8
            if kind == 2:
                half = SPECIAL[(turn + 5 * h) % len(SPECIAL)]
            elif kind == 3:
                half &= 0x8000
            elif kind == 7:
                half &= 0x83FF
            data[i, at], data[i, at + 1] = half & 255, half >> 8
    return data


def decoded(number, data, length):
    flat, outputs = data.reshape(-1), []
    traits = ggml.ggml_get_type_traits(number).contents
    if traits.to_float and number != 0:
        out = np.zeros(len(data) * length, np.float32)
        ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(traits.to_float)(
            flat.ctypes.data, out.ctypes.data, out.size)
        outputs.append(out)
    try:
        stored = flat.view(np.float16) if number == 1 else flat
        outputs.append(gguf.quants.dequantize(stored, gguf.GGMLQuantizationType(number)).astype(np.float32).reshape(-1))
    except (NotImplementedError, ValueError):
        print("only ggml decodes", traits.name.decode())
    outputs = [np.where(np.isnan(x), np.uint32(0x7FC00000), x.view(np.uint32)).astype("<u4") for x in outputs]
    assert all((x == outputs[0]).all() for x in outputs), "gguf and ggml decode differently"
    return outputs[0].reshape(len(data), length)


cases = []
with np.errstate(all="ignore"):
    for name, (number, halves) in TYPES.items():
        traits = ggml.ggml_get_type_traits(number).contents
        count = 1 << 14 if traits.length == 1 else 2048
        data = blocks(number, traits.bytes, halves, count)
        values = decoded(number, data, traits.length)
        cases.append({
            "type": name, "number": number, "halves": halves, "blocks": count,
            "checksums": [zlib.crc32(values[kind::8].tobytes()) for kind in range(8)],
            "first": values[0].tobytes().hex(),
        })
document = {"versions": {"gguf": importlib.metadata.version("gguf"),
                         "ggml": ggml.ggml_version().decode()}, "special": SPECIAL, "cases": cases}
with open(os.path.join(OUT, "decoding.json"), "w") as f:
    json.dump(document, f, indent=1)
    f.write("\n")
print(len(cases), "types")
