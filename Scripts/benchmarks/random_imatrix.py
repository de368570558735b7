#!/usr/bin/env python3
"""Writes an importance matrix of random positive numbers for a GGUF model, experts included: for speed only.

    random_imatrix.py MODEL.gguf OUT.gguf
"""
import re
import sys

import gguf
import numpy as np

model, out = sys.argv[1:]
rng = np.random.default_rng(0)
w = gguf.GGUFWriter(out, "")
w.kv_data[0].clear()
w.add_string("general.type", "imatrix")
w.add_array("imatrix.datasets", ["random"])
w.add_uint32("imatrix.chunk_count", 4)
w.add_uint32("imatrix.chunk_size", 512)
for tensor in gguf.GGUFReader(model).tensors:
    if not re.fullmatch(r"output\.weight|blk\.\d+\.(attn_(q|k|v|output)|ffn_(gate|up|down)_exps)\.weight", tensor.name):
        continue
    shape = [int(n) for n in reversed(tensor.shape)]
    tokens = np.full((shape[0] if len(shape) > 2 else 1, 1), 2048.0, np.float32)
    values = rng.gamma(1, 1, (len(tokens), shape[-1])) + 0.01
    w.add_tensor(tensor.name + ".in_sum2", values.astype(np.float32) * tokens)
    w.add_tensor(tensor.name + ".counts", tokens)
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
