#!/usr/bin/env python3
"""Make Tests/Fixtures/blocks/caches.json: what the gguf package (q8_0, q4_0) and torch (f16, fp8) make of numbers that a
formula gives.

    python Scripts/make-cache-goldens.py

Needs: numpy, gguf, torch. Number i of 1024:

    even         n / 1024                         n = ((31·i·i + 17·i + 5) mod 2001) − 1000
    heavy        n³ / 2³⁰
    outliers     n / 1024, times 16 where i mod 61 = 7
    wide         n · 2^((i mod 29) − 24)          bounded by ±448, which is where torch's E4M3 ends

Each case holds the bytes as hexadecimal digits.
"""
import json
import os

import gguf
import numpy as np
import torch
from gguf import quants

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "blocks", "caches.json")


def rows():
    i = np.arange(1024, dtype=np.int64)
    n = (31 * i * i + 17 * i + 5) % 2001 - 1000
    yield "even", n / 1024
    yield "heavy", n ** 3 / 2 ** 30
    yield "outliers", n / 1024 * np.where(i % 61 == 7, 16, 1)
    yield "wide", np.clip(n * 2.0 ** (i % 29 - 24), -448, 448)


def main():
    cases = []
    for name, values in rows():
        x = values.astype(np.float32)
        encoded = {
            "f16": torch.from_numpy(x).to(torch.float16).view(torch.uint8).numpy(),
            "fp8": torch.from_numpy(x).to(torch.float8_e4m3fn).view(torch.uint8).numpy(),
            "q8_0": quants.quantize(x, gguf.GGMLQuantizationType.Q8_0),
            "q4_0": quants.quantize(x, gguf.GGMLQuantizationType.Q4_0),
        }
        cases += [{"type": kind, "rows": name, "bytes": part.tobytes().hex()} for kind, part in encoded.items()]
    with open(OUT, "w") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
