#!/usr/bin/env python3
"""Rebuild the teaching models as Hugging Face folders (28.7 MB each, so not kept in the repository).

    python Scripts/make-hf-teaching.py OUT      writes OUT/hf-gptoss and OUT/hf-qwen3moe

The values are those of examples/models/*.gguf, bit for bit; norms, biases, sinks and routers were bfloat16 before the
conversion to GGUF, so nothing is rounded.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import teaching  # noqa: E402

for short in ("gptoss", "qwen3moe"):
    folder = os.path.join(sys.argv[1], "hf-" + short)
    teaching.write(short, folder)
    shutil.copy(os.path.join(teaching.MODELS, "tokenizer.json"), folder)
    print(folder)
