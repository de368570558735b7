#!/usr/bin/env python3
"""Make Tests/Fixtures/importance: importance matrices as llama.cpp writes them, and what they hold.

    python Scripts/make-imatrix-goldens.py            writes the files and contents.json
    python Scripts/make-imatrix-goldens.py --check F  reads a GGUF imatrix that Lancet wrote the way llama-quantize does,
                                                      and compares it with contents.json

The GGUF imatrix is written by the gguf package, with the keys and tensors of llama.cpp's tools/imatrix; the legacy file is
packed by hand after the same source: it stores means times calls. Needs: gguf, numpy.
"""
import json
import os
import struct
import sys

import gguf
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "importance")
CHUNK = 64
DATASETS = ["calibration.txt", "wörter.txt"]


def entries():
    """name, sums [matrices, columns], counts [matrices]; the second expert of the stack was never used."""
    rng = np.random.default_rng(7)
    for name, matrices, columns in [("blk.1.attn_q.weight", 1, 8), ("blk.0.ffn_up_exps.weight", 3, 6),
                                    ("output.weight", 1, 5)]:
        counts = np.array([128] if matrices == 1 else [37, 0, 91], dtype=np.float32)
        sums = (rng.random((matrices, columns), dtype=np.float32) * 3 * counts[:, None]).astype(np.float32)
        yield name, sums, counts


def weights(sums, counts):
    """What llama-quantize makes of an entry."""
    rows = [row / count if count > 0 else np.ones_like(row) for row, count in zip(sums, counts)]
    return np.stack(rows).astype(np.float32)


def write_gguf(path):
    writer = gguf.GGUFWriter(path, "", use_temp_file=False)
    writer.kv_data[0].clear()  # an importance matrix has no architecture
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", DATASETS)
    writer.add_uint32("imatrix.chunk_count", 2)
    writer.add_uint32("imatrix.chunk_size", CHUNK)
    for name, sums, counts in sorted(entries(), key=lambda entry: entry[0]):
        writer.add_tensor(name + ".in_sum2", sums)
        writer.add_tensor(name + ".counts", counts[:, None])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_legacy(path, has_end=True):
    with open(path, "wb") as file:
        rows = list(entries())
        file.write(struct.pack("<i", len(rows)))
        for name, sums, counts in rows:
            calls = -(-int(counts.max()) // CHUNK)
            values = weights(sums, counts) * np.float32(calls)
            file.write(struct.pack("<i", len(name)) + name.encode())
            file.write(struct.pack("<ii", calls, values.size) + values.astype("<f4").tobytes())
        if has_end:
            dataset = DATASETS[0].encode()
            file.write(struct.pack("<ii", 2, len(dataset)) + dataset)


def contents():
    return {"datasets": DATASETS, "chunk_count": 2, "chunk_size": CHUNK, "entries": [
        {"name": name, "sums": sums.flatten().tolist(), "counts": counts.tolist(),
         "weights": weights(sums, counts).flatten().tolist()} for name, sums, counts in entries()]}


def check(path):
    reader = gguf.GGUFReader(path)
    assert reader.get_field("general.type").contents() == "imatrix"
    assert reader.get_field("imatrix.datasets").contents() == DATASETS
    assert reader.get_field("imatrix.chunk_count").contents() == 2
    assert reader.get_field("imatrix.chunk_size").contents() == CHUNK
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    for name, sums, counts in entries():
        found = tensors.pop(name + ".in_sum2"), tensors.pop(name + ".counts")
        assert [int(n) for n in found[0].shape] == [sums.shape[1], sums.shape[0]], found[0].shape
        assert [int(n) for n in found[1].shape] == [1, len(counts)], found[1].shape
        assert np.array_equal(found[0].data.reshape(sums.shape), sums)
        assert np.array_equal(found[1].data.flatten(), counts)
    assert not tensors, list(tensors)
    print("same as contents.json")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(sys.argv[2])
    else:
        os.makedirs(OUT, exist_ok=True)
        write_gguf(os.path.join(OUT, "imatrix.gguf"))
        write_legacy(os.path.join(OUT, "imatrix.dat"))
        write_legacy(os.path.join(OUT, "oldest.dat"), has_end=False)
        with open(os.path.join(OUT, "contents.json"), "w") as file:
            json.dump(contents(), file, indent=1)
            file.write("\n")
