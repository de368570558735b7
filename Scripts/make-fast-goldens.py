#!/usr/bin/env python3
"""Make fast.safetensors of the quantized and the packed oracles: whole-model logits in the precision `fast`, simulated in
transformers.

    python Scripts/make-fast-goldens.py [NAME …]        all quantized configurations and packings, or those named

Needs: torch, transformers, safetensors, compressed-tensors, gguf, llama_cpp (for ggml's encoders), after make-oracles.py and
make-packed-oracles.py. oracle/coded.py is the definition. Everything runs in float64 on the weights that the gguf package (or the packing's
maker) decodes, but for what transformers always does in
float32 (norms, softmax).

Where a value lies on a tie between two codes, the last bit of float32 decides which it becomes, and logits move by far more
than float32's noise. So tokens are chosen one by one, at each position the first of a seeded order for which every value
that is coded stays MARGIN of a code away from a tie and no router is near one either. Then whoever computes as defined has the
same codes, and the bound of the tests need not be wide.

Entries: `tokens`; `logits` at every position; `logits.MISTAKE` at the last, from a precision defined otherwise, each far off.
The header says how near ties came and how far apart float32 and float64 are.
"""
import copy
import importlib.util
import json
import os
import sys
import tempfile

import gguf
import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oracle import coded, containers, reference, weights  # noqa: E402
from oracle.configurations import CONFIGURATIONS  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "Tests", "Fixtures", "oracles")
# Packings of whole numbers whose neighbours share a step: FP8 and columns in an order of their own are computed as in `exact`.
PACKINGS = ("w4a16", "w4a16-asymmetric", "w8a8", "w4a8", "mxfp4", "awq", "gptq-3bit-v2")
MARGIN = 3e-4  # of a code; float32 is about 1e-5 off at a value of 127
ROUTER_MARGIN = 1e-3
BOUND = 5e-6  # of the logits' range: what the tests allow
TOKENS = 24
MISTAKES = {
    "blocks-of-64": {"width": 64},
    "blocks-of-16": {"width": 16},
    "steps-of-128": {"levels": 128},
    "seven-bits": {"levels": 63},
    "single-numbers-coded": {"codes_single": True},
}


def check_file(c, tensors):
    """The remade weights are those of the committed file."""
    held = {t.name: t for t in gguf.GGUFReader(os.path.join(ROOT, c.name, "model.gguf")).tensors}
    for name, tensor in containers.gguf_order(c, tensors).items():
        value = gguf.quants.dequantize(held[name].data, held[name].tensor_type).reshape(tensor.value.shape)
        assert held[name].tensor_type == tensor.type and np.array_equal(value, tensor.value), name


class Simulation:
    def __init__(self, model, tensors, **mistake):
        self.coding, self.model = coded.Coding(**mistake), copy.deepcopy(model)
        coded.install(self.model, tensors, self.coding)
        self.router_margin = float("inf")
        for layer in self.model.model.layers:
            if reference.is_sparse(layer):
                reference.router(layer).register_forward_hook(self.see_router)

    def see_router(self, module, inputs, output):
        logits, _, indices = output
        top = logits.sort(-1, descending=True).values[:, :indices.shape[-1] + 1]
        self.router_margin = min(self.router_margin, (top[:, :-1] - top[:, 1:]).min().item())

    def logits(self, tokens):
        self.coding.least_margin = self.router_margin = float("inf")
        return reference.logits(self.model, tokens)


def choose_tokens(c, simulation, seed):
    tokens, random = [], np.random.default_rng(seed)
    while len(tokens) < TOKENS:
        # Norms in float32 move earlier values a little when a token is added, so less is asked with every position.
        asked = MARGIN * (1.2 - 0.2 * len(tokens) / TOKENS)
        for token in random.permutation(c.vocab):
            simulation.logits([*tokens, token])
            if simulation.coding.least_margin >= asked and simulation.router_margin >= ROUTER_MARGIN:
                tokens.append(token)
                break
        else:
            raise SystemExit(f"{c.name}: every token is near a tie at position {len(tokens)}")
    return np.array(tokens, np.int32)


def make(c):
    """The fast.safetensors of a quantized configuration."""
    with open(os.path.join(ROOT, c.name, "meta.json")) as file:
        seed = json.load(file)["seed"]
    tensors = weights.make(c, seed)
    check_file(c, tensors)
    with tempfile.TemporaryDirectory() as folder:
        containers.write_folder(c, tensors, folder, "F32", packed=False)
        model = reference.load(folder, c.experts > 0)
    simulate(c, model, tensors, seed, os.path.join(ROOT, c.name))


def make_packed(packed, name):
    """The fast.safetensors of a packing."""
    folder = os.path.join(packed.ROOT, name)
    held, _, meant = packed.found(packed.CASES[name][0])
    for key, x in load_file(os.path.join(folder, "model.safetensors")).items():
        assert torch.equal(x, held[key]), key
    with tempfile.TemporaryDirectory() as temporary:
        with open(os.path.join(temporary, "config.json"), "w") as file:
            json.dump(containers.configuration_json(packed.MODEL, "F32"), file)
        save_file({k: v.contiguous() for k, v in meant.items()}, os.path.join(temporary, "model.safetensors"),
                  {"format": "pt"})
        model = reference.load(temporary)
    # What is not packed is bfloat16; any type of blocks stands for the rest.
    whole, single = (weights.Tensor(None, kind) for kind in (weights.TYPES.Q8_0, weights.TYPES.BF16))
    tensors = {n: single if n.startswith(("token_embd", "output.")) else whole for n in weights.make(packed.MODEL, 1)}
    simulate(packed.MODEL, model, tensors, 1, folder)


def simulate(c, model, tensors, seed, folder):
    single = Simulation(model, tensors)
    model = model.double()
    simulation = Simulation(model, tensors)
    tokens = choose_tokens(c, simulation, seed)
    truth = simulation.logits(tokens)
    margins = simulation.coding.least_margin, simulation.router_margin
    span = (truth.max() - truth.min()).item()
    distance = lambda x: (x.double() - truth).abs().max().item() / span
    figures = {
        "margin": f"{margins[0]:.1e} of a code", "router_margin": f"{margins[1]:.1e}",
        "single_precision_difference": f"{distance(single.logits(tokens)):.1e}",
        "exact_difference": f"{distance(reference.logits(model, tokens)):.1e}",
    }
    out = {"tokens": torch.from_numpy(tokens), "logits": truth.float().contiguous()}
    for name, mistake in MISTAKES.items():
        wrong = Simulation(model, tensors, **mistake).logits(tokens)
        if torch.equal(wrong, truth):
            continue  # there is nothing to get wrong: no row is wide enough, no matrix of single numbers
        figures[name] = f"{distance(wrong):.1e}"
        assert (wrong[-1] - truth[-1]).abs().max().item() / span > 100 * BOUND, (name, figures)
        out["logits." + name] = wrong[-1].float().contiguous()
    assert distance(single.logits(tokens)) < BOUND / 4, figures
    save_file(out, os.path.join(folder, "fast.safetensors"), figures)
    print(f"{os.path.basename(folder):24s} {figures}", flush=True)


def is_wanted(name):
    return not sys.argv[1:] or name in sys.argv[1:]


torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
for configuration in CONFIGURATIONS:
    quantized = configuration.gguf and (configuration.matrices or configuration.expert_matrices)
    if quantized and is_wanted(configuration.name):
        make(configuration)
specification = importlib.util.spec_from_file_location("packed_oracles", os.path.join(HERE, "make-packed-oracles.py"))
packed_oracles = importlib.util.module_from_spec(specification)
specification.loader.exec_module(packed_oracles)
for packing in filter(is_wanted, PACKINGS):
    make_packed(packed_oracles, packing)
