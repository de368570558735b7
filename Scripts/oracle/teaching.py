"""The teaching models of examples/models, rebuilt as Hugging Face folders from their GGUF files."""
import os

import gguf
import numpy as np

from .configurations import Configuration
from .containers import write_folder
from .weights import TYPES, Tensor

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "models")


def read(short):
    """Configuration and tensors of `teach-SHORT-bf16.gguf`."""
    reader = gguf.GGUFReader(os.path.join(MODELS, f"teach-{short}-bf16.gguf"))
    family = reader.fields["general.architecture"].contents()
    value = lambda key: reader.fields[f"{family}.{key}"].contents()
    has = lambda key: f"{family}.{key}" in reader.fields
    tensors = {}
    for t in reader.tensors:
        shape = [int(n) for n in reversed(t.shape)]
        x = gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32).reshape(shape)
        tensors[t.name] = Tensor(x, TYPES(t.tensor_type))
    return Configuration(
        name=f"teach-{short}", family=family, storage="BF16", layers=value("block_count"),
        hidden=value("embedding_length"), heads=value("attention.head_count"),
        kv_heads=value("attention.head_count_kv"),
        head_dim=value("attention.key_length"), experts=value("expert_count"), top_k=value("expert_used_count"),
        width=value("expert_feed_forward_length"), features=(), vocab=tensors["token_embd.weight"].value.shape[0],
        window=value("attention.sliding_window") if has("attention.sliding_window") else None), tensors


def write(short, folder):
    configuration, tensors = read(short)
    write_folder(configuration, tensors, folder)
    return configuration
