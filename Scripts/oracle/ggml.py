"""ggml's encoders, by way of the library that llama_cpp brings; the gguf package encodes few types itself."""
import ctypes
import glob
import os

import gguf
import llama_cpp
import numpy as np

LIBRARY = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(llama_cpp.__file__), "lib", "libggml-base.so"))[0])
LIBRARY.ggml_quantize_chunk.restype = ctypes.c_size_t
LIBRARY.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]


def encoded(x, kind):
    """The blocks of the rows of x: every axis but the last stays, the last becomes bytes."""
    weights, size = gguf.GGML_QUANT_SIZES[kind]
    x = np.ascontiguousarray(x, np.float32)
    out = np.zeros((*x.shape[:-1], x.shape[-1] // weights * size), np.uint8)
    LIBRARY.ggml_quantize_chunk(
        int(kind), x.ctypes.data, out.ctypes.data, 0, x.size // x.shape[-1], x.shape[-1], None)
    return out
