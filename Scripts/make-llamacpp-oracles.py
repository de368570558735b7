#!/usr/bin/env python3
"""Record what llama.cpp makes of the teaching models: Tests/Fixtures/oracles/llamacpp.json and llamacpp-ioi files.

    python Scripts/make-llamacpp-oracles.py

Perplexity of heldout.txt and of each family's text, and the logits of the IOI prompt at every position. llama.cpp
keeps keys and values in half precision here, so its logits lie about a thousandth of their range from float32's.
"""
import importlib.metadata
import json
import os
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "peers"))
import llamacpp  # noqa: E402

MODELS = os.path.join(HERE, "..", "examples", "models")
ROOT = os.path.join(HERE, "..", "Tests", "Fixtures", "oracles")
texts = sorted(n for n in os.listdir(MODELS) if n.startswith("heldout") and n.endswith(".txt"))
result = {"version": importlib.metadata.version("llama_cpp_python"), "protocol": "second half of each window",
          "context": 512, "models": {}}
for short in ("gptoss", "qwen3moe"):
    path = os.path.join(MODELS, f"teach-{short}-bf16.gguf")
    held = {}
    for name in texts:
        text = open(os.path.join(MODELS, name), encoding="utf-8").read()
        measured = llamacpp.perplexity(path, text)
        held[name] = {k: measured[k] for k in ("perplexity", "loss", "scored")}
        print(short, name, measured, flush=True)
    result["models"][os.path.basename(path)] = held
    golden = load_file(os.path.join(ROOT, "teach-" + short, "golden-ioi.safetensors"))
    logits = llamacpp.Model(path, 64, 2).logits([int(t) for t in golden["tokens"]])
    span = golden["logits"].max() - golden["logits"].min()
    print(short, "from transformers:", np.abs(logits - golden["logits"]).max() / span)
    save_file({"tokens": golden["tokens"], "logits": logits},
              os.path.join(ROOT, "teach-" + short, "llamacpp-ioi.safetensors"))
with open(os.path.join(ROOT, "llamacpp.json"), "w") as f:
    json.dump(result, f, indent=2)
    f.write("\n")
