#!/usr/bin/env python3
"""Make Tests/Fixtures/tokenizers/spm-*: SentencePiece models written as tokenizer.json, as Llama 2, Mistral and Mixtral have
them, and what Hugging Face's tokenizers makes of texts.

    python Scripts/make-sentencepiece-goldens.py

Needs: tokenizers. A small vocabulary is trained on the held-out texts; as in files converted from SentencePiece, merges are
every pair of pieces that makes a third, in the order of the third's score. Writes:

    spm-NAME.json     tokenizer.json files that differ in what they do with spaces
    spm-ids.json      for every one of them and text of texts.json: ids, ids with special tokens taken as text, and what
                      the ids decode to where it is not the text
"""
import glob
import json
import os

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
OUT = os.path.join(ROOT, "Tests", "Fixtures", "tokenizers")
MARK = "\u2581"
TEXTS = 900  # of texts.json: the traps and some of the random ones


def vocabulary():
    """Pieces and merges: three control pieces, a piece a byte, then trained ones by score."""
    held = [open(f, encoding="utf-8").read()[:30_000] for f in sorted(glob.glob(os.path.join(ROOT, "examples/models/heldout*.txt")))]
    teacher = Tokenizer(models.BPE())
    teacher.pre_tokenizer = pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme="always")
    teacher.train_from_iterator(held, trainers.BpeTrainer(vocab_size=600, show_progress=False))
    trained = [p for p, _ in sorted(teacher.get_vocab().items(), key=lambda item: item[1])]
    # Runs of spaces and pieces that hold one inside are what SentencePiece has and a word-wise trainer never finds.
    trained += [MARK * 2, MARK * 4, MARK * 3, f"e{MARK}", f"the{MARK}", "é", "ré", f"{MARK}日", "日本"]
    multiple = [p for p in dict.fromkeys(trained) if len(p) > 1]
    single = list(dict.fromkeys([p for p in trained if len(p) == 1] + list("é日本r")))
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + multiple + single
    known = set(multiple) | set(single)
    merges = [(p[:i], p[i:]) for p in multiple for i in range(1, len(p)) if p[:i] in known and p[i:] in known]
    return {p: i for i, p in enumerate(pieces)}, merges


def make(vocab, merges, kind):
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    back = [decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse()]
    strip = [decoders.Strip(" ", 1, 0)]
    if kind == "prepend":  # Llama 2, Mixtral
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)])
        tokenizer.decoder = decoders.Sequence(back + strip)
    elif kind == "replace":
        tokenizer.normalizer = normalizers.Replace(" ", MARK)
        tokenizer.decoder = decoders.Sequence(back)
    else:
        scheme, split = {"first": ("first", False), "always": ("always", True), "never": ("never", False)}[kind]
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme=scheme, split=split)
        tokenizer.decoder = decoders.Sequence(back + (strip if scheme != "never" else []))
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in ("<unk>", "<s>", "</s>")])
    tokenizer.add_special_tokens([AddedToken("<|endoftext|>", normalized=False), AddedToken("<|im_start|>", normalized=kind == "prepend")])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False), AddedToken("world", normalized=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def shown(ids):
    """A few ids as they are; many as their number and digest (FNV-1a over 32-bit little-endian integers)."""
    if len(ids) <= 24:
        return ids
    state = 0xCBF29CE484222325
    for i in ids:
        for byte in int(i).to_bytes(4, "little"):
            state = (state ^ byte) * 0x100000001B3 % 2**64
    return [len(ids), f"{state:016x}"]


def main():
    texts = json.load(open(os.path.join(OUT, "texts.json"), encoding="utf-8"))[:TEXTS]
    texts += ["hello world", " hello world", "world", " world", "hello<s>world", "<s> hello", "<s>hello", "a <tool> b<tool>", "▁a ▁ b▁",
              "<0x41>", "<|im_start|>user", "x<|im_start|> user", "  the the   the    ", "日本語 été"]
    vocab, merges = vocabulary()
    result = {"tokenizers": tokenizers.__version__, "extra": texts[TEXTS:], "count": len(texts), "ids": {}, "asText": {}, "decoded": {}}
    for kind in ("prepend", "replace", "first", "always", "never"):
        tokenizer = make(vocab, merges, kind)
        tokenizer.save(os.path.join(OUT, f"spm-{kind}.json"), pretty=False)
        result["ids"][kind] = [shown(tokenizer.encode(t).ids) for t in texts]
        decoded = [tokenizer.decode(tokenizer.encode(t, add_special_tokens=False).ids, skip_special_tokens=False) for t in texts]
        result["decoded"][kind] = [[i, d] for i, (t, d) in enumerate(zip(texts, decoded)) if t != d]
        tokenizer.encode_special_tokens = True
        result["asText"][kind] = [shown(tokenizer.encode(t, add_special_tokens=False).ids) for t in texts]
        print(kind, len(vocab), len(merges), "texts that decode otherwise:", len(result["decoded"][kind]))
    with open(os.path.join(OUT, "spm-ids.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
