#!/usr/bin/env python3
"""Lancet's encoders beside ggml's: the error of every block format, and what whole models lose.

    python Scripts/compare-quantizers.py [--lancet FOLDER] [--rows 256] [--formats q4_k,…] [--models] [--recipes q4_k_m,…]

FOLDER (.build/release) holds the executables lancet and lancet-bench. Needs gguf, numpy and llama_cpp, whose ggml encodes
for comparison and decodes what both wrote.

Errors are root mean squares of x − x̂ in percent of that of x, each square times the importance of its column; without
importance, plain, and as far as ggml's encoder weighs squares by something else of its own, also by that. Rows are
Gaussian; Student's t with 4 degrees of freedom; Gaussian with one column of 64 twelve times as large; and all weight
matrices of both teaching models, with the importance that Lancet measures on every second window of the held-out text.
A ratio above 1 would be Lancet's loss: the script then ends with status 1. Where both wrote the same bytes it is `=`.

--models also quantizes the teaching models by recipes, with llama-quantize and with Lancet, with that importance and
without, and lets Lancet compare each file to the original on the windows between: the mean divergence of the next-token
probabilities over eight groups of windows, the standard error of the mean difference between the two files' groups, and the
ratio of the groups' medians, which a few positions that decide between two answers do not move.
Where both wrote the same tensors one of them is measured.
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
RECIPES = ("q8_0", "q6_k", "q5_k_m", "q5_k_s", "q5_1", "q5_0", "q4_k_m", "q4_k_s", "q4_1", "q4_0", "iq4_nl", "iq4_xs",
           "mxfp4_moe", "q3_k_l", "q3_k_m", "q3_k_s", "q2_k")
HELD = os.path.join(ROOT, "examples", "models", "heldout.txt")
# Windows that importance is measured on, and groups of windows that models are compared on.
CALIBRATION, GROUPS = "[::2]", [f"[{start}::16]" for start in range(1, 16, 2)]
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


def run(folder, *lines):
    """What lancet prints of these statements, as JSON values."""
    command = [os.path.join(folder, "lancet"), "--quiet", "--mode", "json"]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def measured_importance(model, target, folder):
    run(folder, f'm = open "{model}"', f'held = corpus "{HELD}"', f'imatrix m over held{CALIBRATION} into "{target}"')


def importance_by_name(path):
    """Mean squares of what a tensor's columns are multiplied with, [expert, column]; ones where nothing was seen."""
    values = {t.name: t.data for t in gguf.GGUFReader(path).tensors}
    names = [name.removesuffix(".in_sum2") for name in values if name.endswith(".in_sum2")]
    for name in names:
        counts = np.asarray(values[name + ".counts"], np.float32).reshape(-1, 1)
        sums = np.asarray(values[name + ".in_sum2"], np.float32).reshape(len(counts), -1)
        yield name, np.where(counts > 0, sums / np.maximum(counts, 1), np.float32(1)).astype(np.float32)


def model_parts(path, importance_path):
    """Every weight matrix with its importance; experts apart."""
    importance = dict(importance_by_name(importance_path))
    for tensor in gguf.GGUFReader(path).tensors:
        if tensor.tensor_type == gguf.GGMLQuantizationType.BF16:
            x = (tensor.data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
            stack = x.reshape(-1, *x.shape[-2:])
            weights = importance.get(tensor.name, np.ones((len(stack), x.shape[-1]), np.float32))
            yield from zip(stack, weights)


def distributions(rows, folder, scratch):
    rng = np.random.default_rng(4)
    shape = (rows, 2048)
    importance = (rng.gamma(1, 1, shape[1]) + 0.01).astype(np.float32)
    outliers = rng.standard_normal(shape)
    outliers[:, rng.choice(shape[1], shape[1] // 64, replace=False)] *= 12
    for name, values in (("Gaussian", rng.standard_normal(shape)), ("Student's t", rng.standard_t(4, shape)),
                         ("outlier columns", outliers)):
        yield name, [((values * 0.02).astype(np.float32), importance)]
    for name, path in MODELS.items():
        target = os.path.join(scratch, name + ".gguf")
        measured_importance(path, target, folder)
        yield f"{name} model", list(model_parts(path, target))


def errors(kind, parts, is_weighted, folder):
    """ggml's and Lancet's errors by importance (or none) and by ggml's own weights, as shares; whether the bytes are equal."""
    sums, is_same = np.zeros((2, 4)), True
    if not is_weighted:  # fewer, longer runs
        widths = sorted({x.shape[1] for x, _ in parts})
        parts = [(np.concatenate([x for x, _ in parts if x.shape[1] == width]), None) for width in widths]
    for x, importance in parts:
        x, importance = np.ascontiguousarray(x), importance if is_weighted else None
        both = by_ggml(kind, x, importance), by_lancet(kind, x, importance, folder)
        same = np.array_equal(*both)
        is_same &= same
        exact = x.astype(np.float64)
        plain = 1.0 if importance is None else importance.astype(np.float64)
        own = own_weights(kind, exact, importance)
        for side, encoded in enumerate(both):
            if side and same:
                sums[1] += step
                continue
            square = np.square(exact - decoded(kind, encoded, x.shape))
            step = [total for w in (plain, own) for total in ((w * square).sum(), (w * exact * exact).sum())]
            sums[side] += step
    return np.sqrt(sums[:, 0::2] / sums[:, 1::2]), is_same


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def compare_formats(kinds, rows, folder):
    worst = 0
    with tempfile.TemporaryDirectory() as scratch:
        groups = list(distributions(rows, folder, scratch))
    for is_weighted in (False, True):
        print(f"### {'With' if is_weighted else 'Without'} importance\n")
        lines = []
        for kind in kinds:
            line, own = [kind], []
            for _, parts in groups:
                (theirs, ours), is_same = errors(kind, parts, is_weighted, folder)
                ratio = "=" if is_same else f"{ours[0] / theirs[0]:.4f}"
                line.append(f"{100 * theirs[0]:.4f} → {100 * ours[0]:.4f} ({ratio})")
                own.append(ours[1] / theirs[1])
                worst = max(worst, ours[0] / theirs[0], own[-1])
            lines.append(line + [f"{max(own):.4f}"])
            print(kind, "done", file=sys.stderr, flush=True)
        table(["format"] + [name for name, _ in groups] + ["by ggml's weights, largest ratio"], lines)
    return worst


def tensors(path):
    return {t.name: (t.tensor_type, bytes(t.data)) for t in gguf.GGUFReader(path).tensors}


def divergences(model, base, folder):
    """The mean and the median divergence in each group of windows, and how many positions they are of."""
    lines = run(
        folder, f'base = open "{base}"', f'm = open "{model}"', f'held = corpus "{HELD}"',
        *(f"compare m to base over held{group}" for group in GROUPS))
    found = [line for line in lines if "kl" in line]
    return (np.array([line["kl"] for line in found]), np.array([line["kl-quantiles"]["50%"] for line in found]),
            np.array([line["n"] for line in found]))


def compare_model(name, recipe, importance, scratch, folder):
    """A line of the table, and by how many standard errors Lancet's divergence is above llama-quantize's."""
    path = MODELS[name]
    theirs, ours = os.path.join(scratch, "llama.gguf"), os.path.join(scratch, "lancet.gguf")
    peer = [sys.executable, os.path.join(ROOT, "Scripts", "peers", "llamacpp.py"), "quantize", path, theirs, recipe.upper()]
    result = subprocess.run(peer + (["--imatrix", importance] if importance else []), check=True, capture_output=True, text=True)
    if json.loads(result.stdout)["rc"]:
        raise SystemExit(result.stderr)
    using = f' using (imatrix "{importance}")' if importance else ""
    run(folder, f'm = open "{path}"', f"quantize m as {recipe}{using}", f'save m "{ours}"')
    a, b = tensors(theirs), tensors(ours)
    if [(k, v[0]) for k, v in sorted(a.items())] != [(k, v[0]) for k, v in sorted(b.items())]:
        raise SystemExit(f"{name} {recipe}: the files' tensors are of different types")
    differing = sum(a[key][1] != b[key][1] for key in a)
    kl, median, n = divergences(ours, path, folder)
    line = [name, recipe, "with" if importance else "without", f"{differing} of {len(a)}"]
    mean = np.average(kl, weights=n)
    if not differing:
        return line + [f"{mean:.6f}", f"{mean:.6f}", "=", "–", "="], 0.0
    before, before_median, _ = divergences(theirs, path, folder)
    error = np.std(kl - before, ddof=1) / len(kl) ** 0.5
    theirs_mean = np.average(before, weights=n)
    return line + [f"{theirs_mean:.6f}", f"{mean:.6f}", f"{mean / theirs_mean:.3f}",
                   f"{mean - theirs_mean:+.6f} ± {error:.6f}", f"{median.mean() / before_median.mean():.3f}"], (mean - theirs_mean) / error


def compare_models(recipes, folder):
    print(f"### Whole models: mean divergence from the original on windows that importance was not measured on, in nats\n")
    lines, worst = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in MODELS:
            importance = os.path.join(scratch, name + ".imatrix.gguf")
            measured_importance(MODELS[name], importance, folder)
            for recipe in recipes:
                for path in (None, importance):
                    line, excess = compare_model(name, recipe, path, scratch, folder)
                    lines.append(line)
                    worst = max(worst, excess)
                    print(*line, file=sys.stderr, flush=True)
    table(["model", "recipe", "importance", "tensors that differ", "llama-quantize", "Lancet", "ratio",
           "difference ± standard error", "ratio of medians"], lines)
    return worst


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--lancet", default=os.path.join(ROOT, ".build", "release"))
    p.add_argument("--rows", type=int, default=256)
    p.add_argument("--models", action="store_true")
    p.add_argument("--formats", default=",".join(TYPES))
    p.add_argument("--recipes", default=",".join(RECIPES))
    a = p.parse_args()
    print("## Quantizers\n")
    print(f"ggml {ggml.ggml_version().decode()} → Lancet, error in percent (ratio).\n")
    worst, excess = 0, 0
    if a.formats:
        worst = compare_formats(a.formats.split(","), a.rows, a.lancet)
        print(f"Largest ratio of errors: {worst:.6f}\n")
    if a.models:
        excess = compare_models(a.recipes.split(","), a.lancet)
        print(f"Lancet's divergence is above llama-quantize's by at most {excess:.2f} standard errors.\n")
    sys.exit(worst > EQUAL or excess > 2)


main()
