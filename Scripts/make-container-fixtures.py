#!/usr/bin/env python3
"""Make Tests/Fixtures/containers: small files written by the gguf and safetensors packages, and what they hold.

    python Scripts/make-container-fixtures.py            writes the files and contents.json
    python Scripts/make-container-fixtures.py --check D  reads files that Lancet wrote into the folder D with the same
                                                         packages and compares them with contents.json

The files for --check come from `LANCET_WRITE_TO=D swift test -c release --filter WrittenForOthers`.
Needs: gguf, safetensors, torch, numpy.
"""
import importlib.metadata
import json
import os
import shutil
import sys

import gguf
import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "containers")
TYPES = gguf.GGMLQuantizationType
VALUES = gguf.GGUFValueType
TEXT = "naïve ☃ \U0001f9e0 \n\"quoted\""
SCALARS = [("u8", VALUES.UINT8, 255), ("i8", VALUES.INT8, -128), ("u16", VALUES.UINT16, 65535),
           ("i16", VALUES.INT16, -32768), ("u32", VALUES.UINT32, 4294967295), ("i32", VALUES.INT32, -2147483648),
           ("f32", VALUES.FLOAT32, 0.15625), ("bool", VALUES.BOOL, True), ("string", VALUES.STRING, TEXT),
           ("u64", VALUES.UINT64, 18446744073709551615), ("i64", VALUES.INT64, -9223372036854775808),
           ("f64", VALUES.FLOAT64, 0.1)]
ARRAYS = [("u8", VALUES.UINT8, [0, 7, 255]), ("i8", VALUES.INT8, [-1, 1]), ("u16", VALUES.UINT16, [1, 65535]),
          ("i16", VALUES.INT16, [-2, 2]), ("u32", VALUES.UINT32, [3, 4294967295]), ("i32", VALUES.INT32, [-3, 3]),
          ("f32", VALUES.FLOAT32, [0.5, -0.25]), ("bool", VALUES.BOOL, [True, False, True]),
          ("string", VALUES.STRING, ["", "a", TEXT]), ("u64", VALUES.UINT64, [5, 2**64 - 1]),
          ("i64", VALUES.INT64, [-5, 5]), ("f64", VALUES.FLOAT64, [0.125])]


def encoded(kind, shape, rng):
    """Random bytes that a tensor of a type and a (row-major) shape can be made of."""
    block, size = gguf.GGML_QUANT_SIZES[kind]
    return rng.integers(0, 256, (*shape[:-1], shape[-1] // block * size), dtype=np.uint8)


def add_tensors(writer, rng):
    for kind, shape in [(TYPES.F32, (3,)), (TYPES.F16, (2, 5)), (TYPES.BF16, (2, 3, 1)), (TYPES.Q8_0, (3, 64)),
                        (TYPES.Q4_0, (1, 2, 32)), (TYPES.MXFP4, (2, 3, 64)), (TYPES.Q4_K, (2, 256)),
                        (TYPES.IQ4_XS, (256,)), (TYPES.I8, (7,)), (TYPES.I16, (3,)), (TYPES.I32, (1, 1, 2, 1)),
                        (TYPES.I64, (2,)), (TYPES.F64, (3,))]:
        writer.add_tensor(f"t.{kind.name.lower()}", encoded(kind, shape, rng), raw_dtype=kind)


def write_gguf(path, alignment=None, tensors=True, **split):
    writer = gguf.GGUFWriter(path, "fixture", **split)
    if alignment:
        writer.add_custom_alignment(alignment)
    for name, kind, value in SCALARS:
        writer.add_key_value(f"scalar.{name}", value, kind)
    for name, kind, value in ARRAYS:
        writer.add_key_value(f"array.{name}", value, VALUES.ARRAY, sub_type=kind)
    if tensors:
        add_tensors(writer, np.random.default_rng(1))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_safetensors(path, metadata):
    g = torch.Generator().manual_seed(2)
    raw = lambda *shape: torch.randint(0, 256, shape, generator=g, dtype=torch.uint8)
    tensors = {
        "f32": raw(2, 3, 4).view(torch.float32), "f16": raw(4, 6).view(torch.float16),
        "bf16": raw(2, 5, 2).view(torch.bfloat16), "u8": raw(7), "i8": raw(5).view(torch.int8),
        "i16": raw(6).view(torch.int16), "i32": raw(2, 8).view(torch.int32), "i64": raw(16).view(torch.int64),
        "f64": raw(1, 8).view(torch.float64), "bool": torch.tensor([[True, False]]),
        "e4m3": raw(9).view(torch.float8_e4m3fn), "e5m2": raw(3, 1).view(torch.float8_e5m2),
        "scalar": torch.tensor(1.5), "none": torch.zeros((0, 4)), "a \"name\" ☃": torch.tensor([1, 2], dtype=torch.int64),
    }
    save_file(tensors, path, metadata=metadata)



def json_value(value):
    if isinstance(value, list):
        return [json_value(v) for v in value]
    # Integers beyond a double's 53 bits survive JSON readers only as text.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def gguf_contents(paths):
    """Keys of the first file, tensors of all, as the gguf package reads them."""
    readers = [gguf.GGUFReader(p) for p in paths]
    keys = []
    for name, field in readers[0].fields.items():
        if name.startswith("GGUF.") or name.startswith("split."):
            continue
        keys.append({"key": name, "types": [t.name.lower() for t in field.types], "value": json_value(field.contents())})
    tensors = [{"name": t.name, "type": t.tensor_type.name.lower(), "shape": [int(n) for n in t.shape[::-1]],
                "file": i, "offset": int(t.data_offset), "data": t.data.tobytes().hex()}
               for i, r in enumerate(readers) for t in r.tensors]
    return {"keys": keys, "tensors": tensors}


def safetensors_contents(path):
    with open(path, "rb") as f:
        length = int.from_bytes(f.read(8), "little")
        header = json.loads(f.read(length))
        data = f.read()
    with safe_open(path, "pt") as f:  # the official reader accepts it
        names = set(f.keys())
        for name in names:
            f.get_tensor(name)
    header.pop("__metadata__", None)
    assert names == set(header)
    return {"tensors": [{"name": n, "type": e["dtype"], "shape": e["shape"], "offset": 8 + length + e["data_offsets"][0],
                         "data": data[slice(*e["data_offsets"])].hex()} for n, e in header.items()]}


def make():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    at = lambda name: os.path.join(OUT, name)
    write_gguf(at("every-type.gguf"))
    write_gguf(at("aligned.gguf"), alignment=256)
    write_gguf(at("no-tensors.gguf"), tensors=False)
    write_gguf(at("split.gguf"), split_max_tensors=5)
    with open(at("every-type.gguf"), "rb") as f, open(at("version-2.gguf"), "wb") as g:
        data = bytearray(f.read())
        data[4] = 2
        g.write(data)
    write_safetensors(at("every-type.safetensors"), {"format": "pt"})
    write_safetensors(at("bare.safetensors"), None)
    split = sorted(n for n in os.listdir(OUT) if n.startswith("split-"))
    contents = {"versions": {p: importlib.metadata.version(p) for p in ("gguf", "safetensors", "torch", "numpy")},
                "gguf": {n: gguf_contents([at(n)]) for n in
                         ("every-type.gguf", "aligned.gguf", "no-tensors.gguf", "version-2.gguf")},
                "safetensors": {n: safetensors_contents(at(n)) for n in ("every-type.safetensors", "bare.safetensors")}}
    contents["gguf"][split[0]] = gguf_contents([at(n) for n in split])
    with open(at("contents.json"), "w") as f:
        json.dump(contents, f, indent=1)
        f.write("\n")


def check_folder(path, truth, drop, order):
    """Opens every shard as transformers does: through the index."""
    with open(os.path.join(path, "model.safetensors.index.json")) as f:
        index = json.load(f)
    found, size = [], 0
    for name in sorted(set(index["weight_map"].values())):
        contents = safetensors_contents(os.path.join(path, name))
        assert {t["name"] for t in contents["tensors"]} == {t for t, f in index["weight_map"].items() if f == name}
        found += contents["tensors"]
        size += sum(len(t["data"]) // 2 for t in contents["tensors"])
    assert order(drop(truth)) == order(drop({"tensors": found})), path
    assert size == index["metadata"]["total_size"], size
    print(os.path.basename(path), "is read by safetensors through its index;", len(found), "tensors")


def check(folder):
    with open(os.path.join(OUT, "contents.json")) as f:
        contents = json.load(f)
    drop = lambda c: [{k: v for k, v in t.items() if k not in ("offset", "file")} for t in c["tensors"]]
    order = lambda ts: sorted(ts, key=lambda t: t["name"])
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name == "imatrix.gguf":
            continue  # make-imatrix-goldens.py --check reads it
        if os.path.isdir(path):
            check_folder(path, contents["safetensors"]["every-type.safetensors"], drop, order)
        elif "-of-" in name and name.startswith("parts-"):
            if "-00001-of-" in name:
                count = int(name.split("-of-")[1].split(".")[0])
                parts = [path.replace("-00001-of-", f"-{n:05}-of-") for n in range(1, count + 1)]
                truth, found = contents["gguf"]["every-type.gguf"], gguf_contents(parts)
                assert drop(truth) == drop(found) and truth["keys"] == found["keys"], name
                print(name, "and the rest are read by gguf;", len(found["tensors"]), "tensors")
        elif name.endswith(".gguf"):
            truth, found = contents["gguf"][name], gguf_contents([path])
            keys = {k["key"]: k for k in found["keys"]}
            assert all(keys[k["key"]] == k for k in truth["keys"]), name
            added = [k for k in keys if k not in {t["key"] for t in truth["keys"]}]
            assert drop(truth) == drop(found), name
            print(name, "is read by gguf;", len(found["tensors"]), "tensors; added keys:", added)
        else:
            truth, found = contents["safetensors"][name], safetensors_contents(path)
            assert order(drop(truth)) == order(drop(found)), name
            print(name, "is read by safetensors;", len(found["tensors"]), "tensors")


if len(sys.argv) == 3 and sys.argv[1] == "--check":
    check(sys.argv[2])
else:
    make()
