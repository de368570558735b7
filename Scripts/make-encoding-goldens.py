#!/usr/bin/env python3
"""Make Tests/Fixtures/blocks/encodings.json: what ggml's encoders make of rows that a formula gives, with and without
importance.

    python Scripts/make-encoding-goldens.py

Needs: numpy, llama_cpp (for ggml's C code). Rows are two of 512 numbers, number i of both counted through:

    even         n / 1024                         n = ((31·i·i + 17·i + 5) mod 2001) − 1000
    heavy        n³ / 2³⁰
    outliers     n / 1024, times 16 where i mod 61 = 7
    positive     (n + 1010) / 1024

and importance of column c is 1 + (c mod 7). Each case holds the bytes that ggml gives.
"""
import ctypes
import glob
import json
import os

import llama_cpp
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "blocks", "encodings.json")
TYPES = {"q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8, "q2_k": 10, "q3_k": 11, "q4_k": 12, "q5_k": 13, "q6_k": 14,
         "iq4_nl": 20, "iq4_xs": 23, "tq1_0": 34, "tq2_0": 35, "mxfp4": 39, "nvfp4": 40}
ggml = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
ggml.ggml_row_size.restype = ctypes.c_size_t
ggml.ggml_row_size.argtypes = [ctypes.c_int, ctypes.c_int64]
ggml.ggml_version.restype = ctypes.c_char_p


def rows():
    i = np.arange(1024, dtype=np.int64)
    n = (31 * i * i + 17 * i + 5) % 2001 - 1000
    yield "even", n / 1024
    yield "heavy", n ** 3 / 2 ** 30
    yield "outliers", n / 1024 * np.where(i % 61 == 7, 16, 1)
    yield "positive", (n + 1010) / 1024


def main():
    importance = (1 + np.arange(512) % 7).astype(np.float32)
    cases = []
    for kind, number in TYPES.items():
        for name, values in rows():
            x = np.ascontiguousarray(values.astype(np.float32).reshape(2, 512))
            for weighted in (False, True):
                out = np.zeros(2 * ggml.ggml_row_size(number, 512), np.uint8)
                ggml.ggml_quantize_chunk(number, x.ctypes.data, out.ctypes.data, 0, 2, 512,
                                         importance.ctypes.data if weighted else None)
                cases.append({"type": kind, "rows": name, "importance": weighted, "bytes": out.tobytes().hex()})
    with open(OUT, "w") as file:
        json.dump({"ggml": ggml.ggml_version().decode(), "cases": cases}, file, indent=0)
        file.write("\n")


main()
