#!/usr/bin/env python3
"""Make the codebook tables of the IQ1, IQ2 and IQ3 formats, in Swift and in C, from those that the gguf package states.

    python Scripts/make-codebooks.py

Needs: gguf. An entry of a table is 16 bits: eight codes of two bits, or four of four, the first code lowest. What a code
stands for is one of the few values in `grid_map`, written where the table is used.
"""
import os

import gguf.quants as q

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Sources")
TABLES = [("iq1", q.IQ1_S), ("iq2XXS", q.IQ2_XXS), ("iq2XS", q.IQ2_XS), ("iq2S", q.IQ2_S), ("iq3XXS", q.IQ3_XXS),
          ("iq3S", q.IQ3_S)]


def entries(kind):
    data = bytes.fromhex(kind.grid_hex.decode())
    words = [int.from_bytes(data[i:i + 2], "little") for i in range(0, len(data), 2)]
    assert len(words) == kind.grid_shape[0] and kind.grid_shape[1] in (4, 8)
    return words


def lines(words, each, count):
    return [each(words[i:i + count]) for i in range(0, len(words), count)]


with open(os.path.join(ROOT, "Formats", "Codebooks", "Codebook+Tables.swift"), "w") as f:
    f.write("// Made by Scripts/make-codebooks.py from the gguf package's tables: four hexadecimal digits an entry.\n\n")
    f.write("extension Codebook {\n")
    for index, (name, kind) in enumerate(TABLES):
        values = ", ".join(str(int(v)) for v in kind.grid_map)
        f.write("\n" if index else "")
        f.write(f"    static let {name} = Codebook(\n        values: [{values}],\n        entries: \"\"\"\n")
        for line in lines(entries(kind), lambda w: "".join(f"{x:04x}" for x in w), 26):
            f.write(f"            {line}\n")
        f.write("            \"\"\")\n")
    f.write("}\n")



def packed(word, values, width):
    bits = 16 // width
    each = (values[word >> bits * i & (1 << bits) - 1] & 255 for i in range(width))
    return sum(value << 8 * i for i, value in enumerate(each))


with open(os.path.join(ROOT, "CKernels", "codebooks.c"), "w") as f:
    f.write("// Made by Scripts/make-codebooks.py from the gguf package's tables; see codebooks.h.\n")
    f.write("// This file is long because it is tables alone.\n")
    f.write('#include "codebooks.h"\n')
    for name, kind in TABLES:
        count, width = kind.grid_shape
        values = [int(v) * (8 if name == "iq1" else 1) for v in kind.grid_map]
        f.write(f"\nconst uint{8 * width}_t lk_codebook_{name.lower()}[{count}] = {{\n")
        each = lambda w: " ".join(f"0x{packed(x, values, width):0{2 * width}x}," for x in w)
        for line in lines(entries(kind), each, 5 if width == 8 else 9):
            f.write(f"    {line}\n")
        f.write("};\n")
    masks = [sum(255 << 8 * i for i in range(8) if signs >> i & 1) for signs in range(256)]
    even = [masks[seven | (bin(seven).count("1") & 1) << 7] for seven in range(128)]
    for name, words in (("lk_sign_masks[256]", masks), ("lk_even_sign_masks[128]", even)):
        f.write(f"\nconst uint64_t {name} = {{\n")
        for line in lines(words, lambda w: " ".join(f"0x{x:016x}," for x in w), 5):
            f.write(f"    {line}\n")
        f.write("};\n")
