"""How fast ggml's encoders are, one thread, as JSON: {format: {"plain": GB/s of float32, "importance": …}}

Usage: ggml_encoders.py VALUES IMPORTANCE       the files that random_rows.py writes; needs llama_cpp
"""
import ctypes
import glob
import json
import os
import sys
import time

import llama_cpp
import numpy as np

TYPES = {"q8_0": 8, "q6_k": 14, "q5_k": 13, "q5_1": 7, "q5_0": 6, "q4_k": 12, "q4_1": 3, "q4_0": 2, "iq4_nl": 20, "iq4_xs": 23,
         "mxfp4": 39, "nvfp4": 40, "q3_k": 11, "q2_k": 10, "tq2_0": 35, "tq1_0": 34}
ggml = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]

importance = np.fromfile(sys.argv[2], np.float32)
values = np.fromfile(sys.argv[1], np.float32).reshape(-1, len(importance))[:128].copy()
out = np.zeros(values.nbytes, np.uint8)


def speed(kind, weights):
    best = 0
    for _ in range(3):
        start = time.perf_counter()
        ggml.ggml_quantize_chunk(TYPES[kind], values.ctypes.data, out.ctypes.data, 0, *values.shape,
                                 None if weights is None else weights.ctypes.data)
        best = max(best, values.nbytes / 1e9 / (time.perf_counter() - start))
    return best


print(json.dumps({kind: {"plain": speed(kind, None), "importance": speed(kind, importance)} for kind in TYPES}))
