"""A short run and 64 variants of it with transformers: one alone, 64 one by one, 64 in one batch. Logits at every position;
and another run's residual stream put into each layer at each position, all in one batch with a hook a layer, the last logits.

Usage: hf_forward.py HF_FOLDER [--tokens 16] [--threads 2] [--runs 5]
Needs: pip install "torch==2.13.0+cpu" transformers
The token ids are those of `lancet-bench forward`. Prints one JSON object of milliseconds, medians.
"""
import argparse
import json
import statistics
import time

import torch
from transformers import AutoModelForCausalLM

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("folder")
p.add_argument("--tokens", type=int, default=16)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--runs", type=int, default=5)
a = p.parse_args()
torch.set_num_threads(a.threads)
torch.set_grad_enabled(False)
model = AutoModelForCausalLM.from_pretrained(a.folder, dtype=torch.float32).eval()
count = model.config.vocab_size
ids = torch.tensor([[(11 + 37 * v + 101 * t) % count for t in range(a.tokens)] for v in range(64)])


def milliseconds(body):
    body()
    times = []
    for _ in range(a.runs):
        start = time.perf_counter()
        body()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def separately():
    for row in ids:
        model(row[None], use_cache=False)


layers, lent = model.model.layers, {}
hooks = [layer.register_forward_pre_hook(lambda m, x, l=l: lent.__setitem__(l, x[0].clone())) for l, layer in enumerate(layers)]
model(ids[1:2], use_cache=False)
for hook in hooks:
    hook.remove()
positions = torch.arange(a.tokens)
copies = ids[:1].expand(len(layers) * a.tokens, -1)


def patched():
    def put(l):
        def f(m, x):
            y = x[0].clone()
            y[l * a.tokens + positions, positions] = lent[l][0]
            return (y, *x[1:])
        return f
    hooks = [layer.register_forward_pre_hook(put(l)) for l, layer in enumerate(layers)]
    out = model(copies, use_cache=False, logits_to_keep=1).logits[:, -1, 100]
    for hook in hooks:
        hook.remove()
    return out


print(json.dumps({
    "run_ms": milliseconds(lambda: model(ids[:1], use_cache=False)),
    "separate_ms": milliseconds(separately),
    "patched_ms": milliseconds(patched),
    "patched_logits": patched().double().tolist(),
    "batch_ms": milliseconds(lambda: model(ids, use_cache=False)),
    "last_logit_sum": float(model(ids[:1], use_cache=False).logits[0, -1].double().sum()),
}))
