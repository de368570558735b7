"""Writes float32 rows to encode: 512 of 2048 Gaussian numbers, and a positive importance for each column.

Usage: random_rows.py VALUES IMPORTANCE
"""
import sys

import numpy as np

rng = np.random.default_rng(3)
(rng.standard_normal((512, 2048), np.float32) * np.float32(0.02)).tofile(sys.argv[1])
(rng.gamma(1, 1, 2048) + 0.01).astype(np.float32).tofile(sys.argv[2])
