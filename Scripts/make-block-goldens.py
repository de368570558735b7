#!/usr/bin/env python3
"""Make Tests/Fixtures/blocks/blocks.json: what the gguf package and ggml make of rows of numbers, block by block.

    python Scripts/make-block-goldens.py

Needs: gguf, numpy, llama_cpp (for ggml's C code). Each case has a type, the numbers (float32, little-endian, hex), the
bytes they encode to and the numbers those decode to. Where the package and ggml disagree (a quotient that falls on a
rounding boundary, a zero's sign, the payload of a half-precision NaN) both encodings are listed and either is right;
a NaN that decodes to any NaN is right. Cases without `input` are blocks that no encoder makes and a decoder must still read.
"""
import ctypes
import glob
import importlib.metadata
import json
import os

import gguf
import llama_cpp
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "blocks")
TYPES = gguf.GGMLQuantizationType
BLOCKS = ("Q8_0", "Q4_0", "MXFP4")
ggml = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
ggml.ggml_version.restype = ctypes.c_char_p


def by_ggml(x, kind):
    out = np.zeros(len(gguf.quants.quantize(x, kind).tobytes()), np.uint8)
    ggml.ggml_quantize_chunk(int(kind), x.ctypes.data, out.ctypes.data, 0, 1, x.size, None)
    return out.tobytes()


def rows():
    """Name -> float32 row whose length is a multiple of 32."""
    rng = np.random.default_rng(20)
    normal = lambda n, s: (rng.standard_normal(n) * s).astype(np.float32)
    k = np.arange(512)
    yield "normal", normal(256, 1.0)
    yield "small", normal(128, 0.02)
    yield "heavy-tailed", (rng.standard_cauchy(256) * 0.1).astype(np.float32)
    yield "formula", ((((31 * k * k + 17 * k + 5) % 2001) - 1000) / 1024).astype(np.float32)
    yield "zeros", np.zeros(64, np.float32)
    yield "negative-zeros", np.full(32, -0.0, np.float32)
    yield "constant", np.full(32, 0.7, np.float32)
    yield "constant-negative", np.full(32, -0.7, np.float32)
    yield "one-spike", np.eye(1, 32, 17, dtype=np.float32)[0] * -3.0
    yield "ramp", np.linspace(-1, 1, 32, dtype=np.float32)
    yield "extremes-tie", np.array([2.0, -2.0] * 16, np.float32)
    yield "extremes-tie-reversed", np.array([-2.0, 2.0] * 16, np.float32)
    yield "halves-of-127", np.array([127.0] + [i + 0.5 for i in range(-15, 16)], np.float32)
    yield "halves-of-8", np.array([-8.0] + [(i % 16) - 7.5 for i in range(31)], np.float32)
    yield "fp4-values", np.array([0, .5, 1, 1.5, 2, 3, 4, 6] * 2 + [0, -.5, -1, -1.5, -2, -3, -4, -6] * 2, np.float32)
    yield "fp4-ties", np.array([6, .25, .75, 1.25, 1.75, 2.5, 3.5, 5] * 2 + [-6, -.25, -.75, -1.25, -1.75, -2.5, -3.5,
                               -5] * 2, np.float32)
    yield "fp4-saturates", np.array([7.9, 7.0, 6.5, 6.0] * 8, np.float32)
    yield "just-below-power", np.full(32, np.nextafter(np.float32(4), np.float32(0)), np.float32)
    yield "tiny", normal(32, 1e-7)
    yield "scale-subnormal", normal(32, 1e-5)
    yield "huge", normal(32, 1e4)
    yield "mixed-magnitudes", np.concatenate([normal(32, s) for s in (1e-3, 1.0, 100.0, 1e-6)])


def extremes():
    """Rows beyond half precision, for the types that can hold them."""
    rng = np.random.default_rng(21)
    yield "float32-subnormal", (rng.standard_normal(32) * 1e-41).astype(np.float32)
    yield "float32-smallest", np.full(32, np.float32(1e-45), np.float32)
    yield "float32-large", (rng.standard_normal(32) * 1e37).astype(np.float32)


def plain_rows():
    """Values for F16 and BF16: every kind of number and every way of rounding."""
    inf, nan = np.float32("inf"), np.float32("nan")
    yield "special", np.array([0.0, -0.0, inf, -inf, nan, -nan, 1.0, -1.0], np.float32)
    yield "largest", np.array([65504, 65519.996, 65520, 65536, 3.3895314e38, 3.3961776e38, 3.4028235e38, -65520],
                              np.float32)
    yield "smallest", np.array([2**-14, 2**-15, 2**-24, 2**-25, 1.5 * 2**-25, 2**-26, 1e-40, 1e-45, -2**-25, 6.1e-5],
                               np.float32)
    bits = np.array([0x3F800000, 0x3F801000, 0x3F803000, 0x3F800FFF, 0x3F801001, 0x3F808000, 0x3F818000, 0x3F807FFF,
                     0x3F808001, 0x7F7FFFFF, 0x7F800001, 0xFF800001, 0x7FC12345, 0x00008000, 0x00018000, 0x80000001],
                    np.uint32)
    yield "rounding", bits.view(np.float32)
    yield "random-bits", np.random.default_rng(22).integers(0, 1 << 32, 256, dtype=np.uint32).view(np.float32)


def raw_blocks():
    """Blocks that no encoder makes, and those of ggml's published layout examples."""
    every = np.arange(32, dtype=np.uint8) * 37 + 11
    yield "Q8_0", "lowest-code", np.concatenate([np.float16([0.5]).view(np.uint8), np.full(32, 0x80, np.uint8)])
    yield "Q8_0", "scale-infinite", np.concatenate([np.float16(["inf"]).view(np.uint8), np.full(32, 1, np.uint8)])
    yield "Q8_0", "scale-negative", np.concatenate([np.float16([-0.25]).view(np.uint8), every])
    yield "Q8_0", "scale-subnormal", np.concatenate([np.array([1, 0], np.uint8), every])
    yield "Q4_0", "scale-negative", np.concatenate([np.float16([-0.25]).view(np.uint8), every[:16]])
    yield "Q4_0", "scale-subnormal", np.concatenate([np.array([255, 3], np.uint8), every[:16]])
    codes = np.array([i | (15 - i) << 4 for i in range(16)], np.uint8)
    for e in (0, 1, 2, 3, 126, 127, 128, 129, 253, 254):
        yield "MXFP4", f"exponent-{e}", np.concatenate([np.array([e], np.uint8), codes])


def case(kind, name, x=None, raw=None):
    encodings = []
    if x is not None:
        x = np.ascontiguousarray(x, np.float32)
        encodings = [gguf.quants.quantize(x, TYPES[kind]).tobytes()]
        if by_ggml(x, TYPES[kind]) not in encodings:
            encodings.append(by_ggml(x, TYPES[kind]))
    else:
        encodings = [raw.tobytes()]
    decoded = []
    for data in encodings:
        stored = np.frombuffer(data, np.uint8)
        if kind == "F16":
            stored = stored.view(np.float16)
        decoded.append(gguf.quants.dequantize(stored, TYPES[kind]).astype("<f4").tobytes().hex())
    result = {"type": kind, "name": name}
    if x is not None:
        result["input"] = x.astype("<f4").tobytes().hex()
    return result | {"bytes": [b.hex() for b in encodings], "output": decoded}


with np.errstate(all="ignore"):
    cases = [case(kind, name, x) for kind in BLOCKS for name, x in rows()]
    cases += [case("MXFP4", name, x) for name, x in extremes()]
    cases += [case(kind, name, x) for kind in ("F16", "BF16") for name, x in plain_rows()]
    cases += [case(kind, name, raw=raw) for kind, name, raw in raw_blocks()]
    cases += [case("F16", "every-value", raw=np.arange(0, 65536, 37, dtype=np.uint16).view(np.uint8))]
document = {
    "versions": {**{p: importlib.metadata.version(p) for p in ("gguf", "numpy", "llama_cpp_python")},
                 "ggml": ggml.ggml_version().decode()},
    "cases": cases,
}
os.makedirs(OUT, exist_ok=True)
with open(os.path.join(OUT, "blocks.json"), "w") as f:
    json.dump(document, f, indent=1)
    f.write("\n")
for c in cases:
    if len(c["bytes"]) > 1:
        a, b = (bytes.fromhex(x) for x in c["bytes"])
        print("gguf and ggml differ:", c["type"], c["name"], sum(x != y for x, y in zip(a, b)), "of", len(a), "bytes")
print(len(cases), "cases")
