#!/usr/bin/env python3
"""Make Tests/Fixtures/oracles/kept.json: logits of the teaching models by transformers in float32, with keys and values
taken through a cache's type and back before attention reads them.

    python Scripts/make-kept-oracles.py [MODELS]

Needs: torch, transformers, gguf. MODELS is the folder with hf-gptoss, hf-qwen3moe and heldout.txt. Types: f16 and fp8 by
torch, q8_0 and q4_0 by the gguf package, in blocks along the channels of a head; `steps` is q8_0 for positions below 40 and
q4_0 from there on. Of the vocabulary every fourth logit is kept, as little-endian float32 in hexadecimal digits.
"""
import json
import os
import sys

import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType, quants
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "..", "shared", "models")
OUT = os.path.join(HERE, "..", "Tests", "Fixtures", "oracles", "kept.json")
POSITIONS = [30, 63, 99]


def blockwise(x, kind):
    flat = np.ascontiguousarray(x.detach().numpy().reshape(-1, x.shape[-1]))
    return torch.from_numpy(quants.dequantize(quants.quantize(flat, kind), kind).reshape(x.shape).copy())


def steps(x):
    return torch.cat([blockwise(x[:, :, :40], GGMLQuantizationType.Q8_0),
                      blockwise(x[:, :, 40:], GGMLQuantizationType.Q4_0)], dim=2)


TYPES = {
    "f32": lambda x: x,
    "f16": lambda x: x.to(torch.float16).to(torch.float32),
    "fp8": lambda x: x.clamp(-448, 448).to(torch.float8_e4m3fn).to(torch.float32),
    "q8_0": lambda x: blockwise(x, GGMLQuantizationType.Q8_0),
    "q4_0": lambda x: blockwise(x, GGMLQuantizationType.Q4_0),
    "steps": steps,
}


class Kept(DynamicCache):
    """Gives attention what a cache of some type would hold. The prompt goes through in one pass."""

    through = staticmethod(TYPES["f32"])

    def update(self, keys, values, *rest, **named):
        return super().update(self.through(keys), self.through(values), *rest, **named)


def main():
    torch.set_num_threads(2)
    text = open(os.path.join(MODELS, "heldout.txt")).read()
    result = {"torch": torch.__version__, "transformers": transformers.__version__, "positions": POSITIONS}
    for name in ("gptoss", "qwen3moe"):
        folder = os.path.join(MODELS, "hf-" + name)
        ids = AutoTokenizer.from_pretrained(folder)(text[:2000])["input_ids"][:100]
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        entry = {"ids": ids}
        for kind, through in TYPES.items():
            Kept.through = staticmethod(through)
            with torch.no_grad():
                logits = model(torch.tensor([ids]), past_key_values=Kept(), use_cache=True).logits[0, POSITIONS, ::4]
            entry[kind] = logits.numpy().astype("<f4").tobytes().hex()
        result[name] = entry
    with open(OUT, "w") as file:
        json.dump(result, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
