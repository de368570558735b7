#!/usr/bin/env python3
"""Make Tests/Fixtures/tokenizers/spm-tiny.gguf: a llama of one layer with random weights and a SentencePiece vocabulary, as
llama.cpp's converter writes them, and spm-tiny.json: what llama.cpp makes of texts with it.

    python Scripts/make-sentencepiece-gguf.py

Needs: numpy, gguf, llama-cpp-python. The pieces are Llama 2's from tokenizers/llama-spm.json with their scores: the control
pieces, a piece a byte, the first trained ones, and single characters; two user-defined pieces end the list. Texts are those
of texts.json, in llama.cpp's ids without BOS: first with control pieces parsed, then taken as text.
"""
import ctypes
import json
import os

import gguf
import llama_cpp
import numpy

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "tokenizers")
PATH = os.path.join(ROOT, "spm-tiny.gguf")
TRAINED, TEXTS, WIDTH = 420, 500, 16


def vocabulary():
    """Spellings, scores and types of the pieces."""
    whole = json.load(open(os.path.join(ROOT, "llama-spm.json"), encoding="utf-8"))
    pieces = list(zip(whole["tokens"], whole["scores"], whole["types"]))
    taken = pieces[: 259 + TRAINED]
    # Every character of a piece is a piece.
    wanted = {character for spelling, _, _ in taken[259:] for character in spelling} | set(map(chr, range(0x250)))
    taken += [piece for piece in pieces[259 + TRAINED:] if len(piece[0]) == 1 and piece[0] in wanted]
    return taken + [("<tool>", 0.0, 4), ("<|im_start|>", 0.0, 4)]


def write(pieces, path=PATH):
    random = numpy.random.default_rng(5)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(WIDTH // 2)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([spelling for spelling, _, _ in pieces])
    writer.add_token_scores([score for _, score, _ in pieces])
    writer.add_token_types([kind for _, _, kind in pieces])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    for name, shape in [
        ("token_embd", (len(pieces), WIDTH)), ("blk.0.attn_q", (WIDTH, WIDTH)), ("blk.0.attn_k", (WIDTH // 2, WIDTH)),
        ("blk.0.attn_v", (WIDTH // 2, WIDTH)), ("blk.0.attn_output", (WIDTH, WIDTH)), ("blk.0.ffn_gate", (WIDTH, WIDTH)),
        ("blk.0.ffn_up", (WIDTH, WIDTH)), ("blk.0.ffn_down", (WIDTH, WIDTH)),
    ]:
        values = (random.standard_normal(shape) * 0.3).astype(numpy.float32)
        kind = gguf.GGMLQuantizationType.BF16
        writer.add_tensor(name + ".weight", gguf.quants.quantize(values, kind), raw_dtype=kind)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(name + ".weight", numpy.ones(WIDTH, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Reader:
    """llama.cpp's tokenizer of a file."""

    def __init__(self, path):
        self.log = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self.log, ctypes.c_void_p(0))
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)

    def ids(self, text, special):
        data = text.encode("utf-8")
        room = (llama_cpp.llama_token * (3 * len(data) + 16))()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), room, len(room), False, special)
        assert count >= 0
        return list(room[:count])


def texts():
    texts = json.load(open(os.path.join(ROOT, "texts.json"), encoding="utf-8"))[:TEXTS]
    return [text for text in texts if 0 < len(text) < 60] + [
        "hello world", " hello world", "  the the   the    ", "hello<s>world", "<s> hello", "a <tool> b<tool>", "<0x41>",
        "▁a ▁ b▁", "<|im_start|>user", "x<|im_start|> user", "日本語 été", "e\u0301\u0000x",
    ]


def main():
    write(vocabulary())
    reader = Reader(PATH)
    result = {
        "texts": texts(), "parsed": [reader.ids(t, True) for t in texts()],
        "asText": [reader.ids(t, False) for t in texts()],
    }
    with open(os.path.join(ROOT, "spm-tiny.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    print(len(texts()), "texts,", sum(map(len, result["parsed"])), "ids,", os.path.getsize(PATH), "bytes")


if __name__ == "__main__":
    main()
