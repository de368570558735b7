#!/usr/bin/env python3
"""Hold what Lancet saves against llama.cpp: pruned and quantized files load there and give the same perplexity.

    python3 Scripts/check-llamacpp.py [--lancet .build/release/lancet] [--windows 32] [--keep FOLDER]

Needs llama-cpp-python (Scripts/peers/README.md). For each teaching model Lancet prunes the four least important experts a
layer, quantizes to Q8_0, Q4_0 and MXFP4, does both at once, and saves; then both programs measure perplexity over the
held-out text in windows of 512, the second half scored. llama.cpp multiplies quantized weights by activations that it
rounds to 8 bits, Lancet does not: they have to agree to 0.5 %. Exit status 1 if they do not.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

TEXT = "examples/models/heldout.txt"
EDITS = {
    "as opened": "",
    "pruned": "prune m keep (select (score m.experts by router-norm) top 12 per layer)",
    "q8_0": "quantize m as q8_0",
    "q4_0": "quantize m as q4_0",
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
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
