#!/usr/bin/env python3
"""Lancet's encoders beside ggml's: the error of every block format, and what whole models lose.

    python Scripts/compare-quantizers.py [--lancet FOLDER] [--rows 256] [--models] [--formats q4_k,…]

FOLDER (.build/release) holds the executables lancet and lancet-bench. Needs gguf, numpy and llama_cpp, whose ggml encodes
for comparison and decodes what both wrote.

Errors are root mean squares of x − x̂ in percent of that of x, each square times the importance of its column; without
importance, plain, and as far as ggml's encoder weighs squares by something else of its own, also by that. Rows are
Gaussian; Student's t with 4 degrees of freedom; Gaussian with one column of 64 twelve times as large; and all weight
matrices of both teaching models. A ratio above 1 would be Lancet's loss: the script then ends with status 1.

--models also quantizes the teaching models by recipes, with llama.cpp and with Lancet, and compares each to the original
over held-out text: the mean divergence of the next-token probabilities.
"""
import argparse
import ctypes
import glob
import json
import os
import subprocess
import sys
import tempfile

import gguf
import llama_cpp
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
MODELS = {name: os.path.join(ROOT, "examples", "models", f"teach-{name}-bf16.gguf") for name in ("gptoss", "qwen3moe")}
TYPES = {"q8_0": 8, "q6_k": 14, "q5_k": 13, "q5_1": 7, "q5_0": 6, "q4_k": 12, "q4_1": 3, "q4_0": 2, "iq4_nl": 20, "iq4_xs": 23,
         "mxfp4": 39, "nvfp4": 40, "q3_k": 11, "q2_k": 10, "tq2_0": 35, "tq1_0": 34}
RECIPES = ("q8_0", "q6_k", "q5_k_m", "q4_k_m", "q4_k_s", "iq4_xs", "q5_0", "q4_0", "q3_k_m", "q2_k", "mxfp4_moe")
# Differences this small are those of the last bit of a sum.
EQUAL = 1 + 1e-6

ggml = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
ggml.ggml_version.restype = ctypes.c_char_p


class Traits(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("length", ctypes.c_int64), ("interleave", ctypes.c_int64),
                ("size", ctypes.c_size_t), ("is_quantized", ctypes.c_bool),
                ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64))]


ggml.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
ggml.ggml_get_type_traits.argtypes = [ctypes.c_int]


def traits(kind):
    return ggml.ggml_get_type_traits(TYPES[kind]).contents


def by_ggml(kind, x, importance):
    out = np.zeros(x.size // traits(kind).length * traits(kind).size, np.uint8)
    ggml.ggml_quantize_chunk(TYPES[kind], x.ctypes.data, out.ctypes.data, 0, *x.shape,
                             None if importance is None else importance.ctypes.data)
    return out


def by_lancet(kind, x, importance, folder):
    with tempfile.TemporaryDirectory() as scratch:
        values, weights, out = (os.path.join(scratch, n) for n in ("values", "weights", "out"))
        x.tofile(values)
        command = [os.path.join(folder, "lancet-bench"), "encode", kind, values, str(x.shape[1]), out, "--runs", "1"]
        if importance is not None:
            importance.tofile(weights)
            command += ["--importance", weights]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return np.fromfile(out, np.uint8)


def decoded(kind, encoded, shape):
    values = np.zeros(shape, np.float32)
    traits(kind).to_float(encoded.ctypes.data, values.ctypes.data, values.size)
    return values.astype(np.float64)


def own_weights(kind, x, importance):
    """What ggml's encoder weighs squared errors by."""
    def blocks(length):
        return np.repeat(np.square(x.reshape(-1, length)).mean(1), length).reshape(x.shape)
    if importance is None:
        if kind == "q2_k":
            return np.abs(x)
        if kind in ("q3_k", "q6_k", "iq4_nl", "iq4_xs"):
            return x * x
        return np.sqrt(blocks(32)) + np.abs(x) if kind in ("q4_k", "q5_k") else np.ones_like(x)
    if kind in ("q4_0", "q4_1", "q5_0", "q5_1"):
        return importance * np.sqrt(np.square(x).mean(1, keepdims=True) + x * x)
    if kind in ("q2_k", "q3_k", "q4_k", "q5_k", "iq4_nl", "iq4_xs"):
        return importance * np.sqrt(blocks(traits(kind).length) * (1 if kind == "q2_k" else 2) + x * x)
    return np.broadcast_to(importance, x.shape)


def distributions(rows):
    rng = np.random.default_rng(4)
    shape = (rows, 2048)
    importance = (rng.gamma(1, 1, shape[1]) + 0.01).astype(np.float32)
    outliers = rng.standard_normal(shape)
    outliers[:, rng.choice(shape[1], shape[1] // 64, replace=False)] *= 12
    for name, values in (("Gaussian", rng.standard_normal(shape)), ("Student's t", rng.standard_t(4, shape)),
                         ("outlier columns", outliers)):
        yield name, [((values * 0.02).astype(np.float32), importance)]
    for name, path in MODELS.items():
        by_width = {}
        for tensor in gguf.GGUFReader(path).tensors:
            if tensor.tensor_type == gguf.GGMLQuantizationType.BF16:
                x = (tensor.data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
                by_width.setdefault(int(tensor.shape[0]), []).append(x.reshape(-1, int(tensor.shape[0])))
        yield f"{name} model", [
            (np.concatenate(parts), (rng.gamma(1, 1, width) + 0.01).astype(np.float32)) for width, parts in by_width.items()]


def errors(kind, parts, is_weighted, encode):
    """Errors by importance (or none) and by ggml's own weights, as shares."""
    sums = np.zeros(4)
    for x, importance in parts:
        importance = importance if is_weighted else None
        square = np.square(x - decoded(kind, encode(kind, x, importance), x.shape))
        exact = x.astype(np.float64)
        for i, w in enumerate((1.0 if importance is None else importance.astype(np.float64), own_weights(kind, exact, importance))):
            sums[2 * i:2 * i + 2] += (w * square).sum(), (w * exact * exact).sum()
    return np.sqrt(sums[0::2] / sums[1::2])


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def compare_formats(kinds, rows, folder):
    worst = 0
    groups = list(distributions(rows))
    for is_weighted in (False, True):
        print(f"### {'With' if is_weighted else 'Without'} importance\n")
        lines = []
        for kind in kinds:
            line, own = [kind], []
            for _, parts in groups:
                theirs = errors(kind, parts, is_weighted, by_ggml)
                ours = errors(kind, parts, is_weighted, lambda *a: by_lancet(*a, folder))
                line.append(f"{100 * theirs[0]:.4f} → {100 * ours[0]:.4f} ({ours[0] / theirs[0]:.4f})")
                own.append(ours[1] / theirs[1])
                worst = max(worst, ours[0] / theirs[0], own[-1])
            lines.append(line + [f"{max(own):.4f}"])
        table(["format"] + [name for name, _ in groups] + ["by ggml's weights, largest ratio"], lines)
    return worst


def divergence(model, base, folder):
    code = "\n".join([
        f'base = open "{base}"', f'm = open "{model}"', f'held = corpus "{ROOT}/examples/models/heldout.txt"',
        "c = compare m to base over held", 'print c.kl'])
    done = subprocess.run([os.path.join(folder, "lancet"), "--quiet", "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def compare_models(folder):
    print("### Whole models: mean divergence from the original over held-out text, in nats\n")
    lines, worst = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        theirs, ours = os.path.join(scratch, "llama.gguf"), os.path.join(scratch, "lancet.gguf")
        for name, path in MODELS.items():
            importance = os.path.join(scratch, name + ".imatrix.gguf")
            code = f'm = open "{path}"\ncalib = corpus "{ROOT}/examples/models/heldout.txt"\ni = imatrix m over calib[::2]\nsave i "{importance}"'
            subprocess.run([os.path.join(folder, "lancet"), "--quiet", "-c", code], check=True, stdout=subprocess.DEVNULL)
            for recipe in RECIPES:
                for extra, word in (([], "without"), (["--imatrix", importance], "with")):
                    peer = [sys.executable, os.path.join(ROOT, "Scripts", "peers", "llamacpp.py"), "quantize", path, theirs]
                    result = subprocess.run(peer + [recipe.upper()] + extra, check=True, capture_output=True, text=True)
                    assert json.loads(result.stdout)["rc"] == 0, result.stderr
                    own = [os.path.join(folder, "lancet-bench"), "quantize", path, ours, recipe, "--runs", "1"]
                    subprocess.run(own + (["--importance", importance] if extra else []), check=True, stdout=subprocess.DEVNULL)
                    a, b = divergence(theirs, path, folder), divergence(ours, path, folder)
                    worst = max(worst, b / a)
                    lines.append([name, recipe, word, f"{os.path.getsize(theirs)} / {os.path.getsize(ours)}",
                                  f"{a:.6f}", f"{b:.6f}", f"{b / a:.4f}"])
    table(["model", "recipe", "importance", "bytes, llama.cpp / Lancet", "llama-quantize", "Lancet", "ratio"], lines)
    return worst


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--lancet", default=os.path.join(ROOT, ".build", "release"))
    p.add_argument("--rows", type=int, default=256)
    p.add_argument("--models", action="store_true")
    p.add_argument("--formats", default=",".join(TYPES))
    a = p.parse_args()
    print("## Quantizers\n")
    print(f"ggml {ggml.ggml_version().decode()} → Lancet, error in percent (ratio).\n")
    worst = compare_formats(a.formats.split(","), a.rows, a.lancet)
    print(f"Largest ratio of errors: {worst:.6f}\n")
    if a.models:
        print(f"Largest ratio of divergences: {compare_models(a.lancet):.4f}\n")
    sys.exit(worst > EQUAL)


main()
