#!/usr/bin/env python3
"""Hold what Lancet saves against llama.cpp: pruned and quantized files load there and give the same perplexity.

    python3 Scripts/check-llamacpp.py [--lancet .build/release/lancet] [--windows 32] [--keep FOLDER]

Needs llama-cpp-python (Scripts/peers/README.md). For each teaching model Lancet prunes the four least important experts a
layer, quantizes by every recipe, with and without an importance matrix, does both at once, and saves; then both programs
measure perplexity over the held-out text in windows of 512, the second half scored. llama.cpp multiplies quantized weights
by activations that it rounds to 8 bits, Lancet does not: they have to agree to 0.5 %. Then, for a tiny random model of every
other family, Lancet saves its Hugging Face folder as GGUF in float32, and llama.cpp's perplexity of the model's tokens has
to be transformers' to 0.5 %. Exit status 1 if anything does not agree.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

TEXT = "examples/models/heldout.txt"
ORACLES = "Tests/Fixtures/oracles"
RECIPES = (
    "q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m", "q4_k_s", "q3_k_l", "q3_k_m", "q3_k_s", "q2_k", "iq4_xs", "iq4_nl",
    "mxfp4_moe", "q5_1", "q5_0", "q4_1", "q4_0",
)
IMPORTANCE = f'calib = (corpus "{TEXT}")[0:16]\nweights = imatrix m over calib\n'
EDITS = {
    "as opened": "",
    **{recipe: f"quantize m as {recipe}" for recipe in RECIPES},
    **{f"{recipe}, importance": IMPORTANCE + f"quantize m as {recipe} using weights"
       for recipe in ("q6_k", "q4_k_m", "q3_k_m", "q2_k", "q4_0")},
    "pruned": "prune m keep (select (score m.experts by router-norm) top 12 per layer)",
    "mxfp4 experts": "quantize m.experts as mxfp4",
    "pruned, q8_0, mxfp4 experts":
        "prune m keep (select (score m.experts by router-norm) top 12 per layer)\n"
        "quantize m as q8_0\nquantize m.experts as mxfp4",
}


def lancet(path, model, edit, target, windows):
    text = f'm = open "{model}" rope truncated\n{edit}\nsave m "{target}";\n'
    text += f'again = open "{target}" rope truncated\nperplexity again over (corpus "{TEXT}")[0:{windows}]\n'
    result = subprocess.run([path, "--mode", "json", "--quiet"], input=text, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(result.stderr)
    return json.loads(result.stdout.splitlines()[-1])["perplexity"]


def llamacpp(target, windows):
    command = [sys.executable, "Scripts/peers/llamacpp.py", "perplexity", target, TEXT, "--windows", str(windows)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(result.stderr)
    return json.loads(result.stdout.splitlines()[-1])["perplexity"]


def perplexity_of_ids(logits, ids):
    """Of all tokens but the first; `logits` are [position, vocabulary]."""
    logits = logits.astype("float64") - logits.max(1, keepdims=True)
    chosen = [logits[i, ids[i + 1]] - math.log(sum(map(math.exp, logits[i]))) for i in range(len(ids) - 1)]
    return math.exp(-sum(chosen) / len(chosen))


def saved_by_lancet(path, folder, target):
    """Whether the folder can be saved; what GGUF cannot carry is refused by name."""
    text = f'm = open "{folder}"\nquantize m as f32\nsave m "{target}";\n'
    result = subprocess.run([path, "--mode", "json", "--quiet"], input=text, capture_output=True, text=True)
    if result.returncode and "not-carried" not in result.stderr:
        raise SystemExit(result.stderr)
    return result.returncode == 0


def check_families(options, folder):
    """The tiny models of Tests/Fixtures/oracles that come as folders, through a GGUF of Lancet's."""
    import numpy as np
    from safetensors.numpy import load_file

    agrees, seen = True, set()
    print("tiny models saved as f32: perplexity in transformers, in llama.cpp, difference")
    for name in sorted(os.listdir(ORACLES)):
        source = os.path.join(ORACLES, name)
        target = os.path.join(folder, name + ".gguf")
        if not os.path.exists(os.path.join(source, "config.json")) or not saved_by_lancet(options.lancet, source, target):
            continue
        golden = load_file(os.path.join(source, "golden.safetensors"))
        ids = [int(i) for i in golden["tokens"]]
        # llama.cpp rounds the ends of YaRN's ramp.
        truth = perplexity_of_ids(golden.get("logits_truncated", golden["logits"]), ids)
        command = [sys.executable, "Scripts/peers/llamacpp.py", "logits", "--exact", target, target + ".npy", *map(str, ids)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"{name}: {result.stderr}")
        theirs = perplexity_of_ids(np.load(target + ".npy"), ids)
        difference = truth / theirs - 1
        agrees &= abs(difference) <= 0.005
        seen.add(json.load(open(os.path.join(source, "config.json")))["model_type"])
        print(f"  {name:34} {truth:.4f}  {theirs:.4f}  {difference:+.3%}", flush=True)
    print("families:", ", ".join(sorted(seen)))
    return agrees and len(seen) >= 9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lancet", default=".build/release/lancet")
    parser.add_argument("--windows", type=int, default=32)
    parser.add_argument("--keep", help="a folder for the saved files; else they are removed")
    options = parser.parse_args()
    agrees = True
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or folder
        for model in ("gptoss", "qwen3moe"):
            print(f"teach-{model}: perplexity in Lancet, in llama.cpp, difference")
            for number, (name, edit) in enumerate(EDITS.items()):
                target = os.path.join(folder, f"{model}-{number}.gguf")
                ours = lancet(options.lancet, f"examples/models/teach-{model}-bf16.gguf", edit, target, options.windows)
                theirs = llamacpp(target, options.windows)
                difference = ours / theirs - 1
                agrees &= abs(difference) <= 0.005
                size = os.path.getsize(target) / 2 ** 20
                print(f"  {name:34} {ours:.4f}  {theirs:.4f}  {difference:+.3%}  {size:5.1f} MiB", flush=True)
        agrees &= check_families(options, folder)
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
