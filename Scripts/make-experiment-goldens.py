#!/usr/bin/env python3
"""Make Tests/Fixtures/experiments.json: tokens, next tokens, greedy text and metrics of the teaching models.

    python Scripts/make-experiment-goldens.py

transformers runs the values of examples/models/*.gguf in float32; the tokenizer is Hugging Face's.
"""
import json
import os
import sys
import tempfile

import torch
from tokenizers import Tokenizer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import reference, teaching  # noqa: E402

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "experiments.json")
CLEAN = "When Mary and John went to the store, John gave a drink to"
CORRUPT = "When Mary and John went to the store, Mary gave a drink to"
START = "The capital of France is"


def row(logits, tokenizer):
    p = logits.softmax(-1)
    best = logits.topk(5)
    return [{"id": i, "piece": tokenizer.decode([i]), "logit": v, "probability": p[i].item()}
            for v, i in zip(best.values.tolist(), best.indices.tolist())]


def make(short, tokenizer):
    with tempfile.TemporaryDirectory() as built:
        teaching.write(short, built)
        model = reference.load(built)
    encode = lambda text: tokenizer.encode(text).ids
    run = lambda ids: reference.logits(model, ids)
    clean, corrupt = run(encode(CLEAN)), run(encode(CORRUPT))
    ids = encode(START)
    for _ in range(16):
        ids.append(run(ids)[-1].argmax().item())
    mary, john = encode(" Mary")[0], encode(" John")[0]
    log_p, log_q = clean.log_softmax(-1).double(), corrupt.log_softmax(-1).double()
    targets = torch.tensor(encode(CLEAN)[1:])
    divergence = (log_p.exp() * (log_p - log_q)).sum(-1)
    return {
        "tokens": encode("John gave a drink to Mary"), "top": row(clean[-1], tokenizer),
        "top_at_3": row(clean[3], tokenizer), "generated": ids[len(encode(START)):], "text": tokenizer.decode(ids),
        "metrics": {
            "logit-diff \" Mary\" \" John\"": (clean[-1, mary] - clean[-1, john]).item(),
            "prob \" Mary\"": log_p[-1, mary].exp().item(), "logprob \" John\"": log_p[-1, john].item(),
            "rank \" John\"": int((clean[-1] > clean[-1, john]).sum()),
            "loss": -log_p[:-1].gather(1, targets[:, None]).mean().item(),
            "rank \" John\" at 2": int((clean[2] > clean[2, john]).sum()),
        },
        "kl_of_corrupt_from_clean": divergence.mean().item(), "kl_at_last": divergence[-1].item(),
    }


def main():
    tokenizer = Tokenizer.from_file(os.path.join(teaching.MODELS, "tokenizer.json"))
    with open(OUT, "w", encoding="utf-8") as f:
        json.dump({short: make(short, tokenizer) for short in ("gptoss", "qwen3moe")}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
