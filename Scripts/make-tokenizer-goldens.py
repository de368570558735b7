#!/usr/bin/env python3
"""Make Tests/Fixtures/tokenizers: what Hugging Face's tokenizers and llama.cpp make of texts.

    python Scripts/make-tokenizer-goldens.py VOCABULARIES

Needs: tokenizers, gguf. VOCABULARIES is a folder with llama.cpp's ggml-vocab-{gpt-2,qwen2,llama-bpe,llama-spm}.gguf and
their .inp and .out files. Writes:

    llama.cpp/NAME.inp, NAME.out     llama.cpp's own cases, as they are
    NAME.json, NAME.merges           the vocabularies in a compact form (see `compact`)
    small-NAME.json                  tokenizer.json files of small tokenizers trained here, one a pre-tokenizer
    texts.json                       texts: hand-made traps, then seeded random ones
    splits.json                      for every pre-tokenizer and text: byte lengths of the pieces
    ids.json                         for every tokenizer and text: the ids, or their number and digest where they are many;
                                     `asText` with special tokens taken as text; `decoded` where ids do not give the text back
    heldout.json                     for the teaching tokenizer and every examples/models/heldout*.txt: number and digest

Unicode: random characters are assigned in this Python's Unicode (14.0) and have the same class there and in the regular
expressions of tokenizers, and texts are composed alike here and there, so that a later Unicode version on either side
changes nothing. Unassigned characters in the traps are noncharacters.
"""
import glob
import json
import os
import random
import shutil
import sys
import unicodedata

import gguf
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
OUT = os.path.join(ROOT, "Tests", "Fixtures", "tokenizers")
MODELS = os.path.join(ROOT, "examples", "models")

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
PATTERNS = {
    "gpt-2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "qwen2": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "llama-bpe": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "gpt-4o": rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?"
    + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES,
}
# llama.cpp's for files whose pre-tokenizer is `default`: each cuts the pieces of the one before.
FALLBACK = [r"[\p{P}\$\+<=>\^~\|]+", PATTERNS["gpt-2"], r"\p{N}+", "[0-9][0-9][0-9]"]


def splitter(name):
    if name == "gpt-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    split = pre_tokenizers.Split(Regex(PATTERNS[name]), behavior="isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def write(name, value):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in value) + "\n]\n"
                   if isinstance(value, list) else json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def digest(ids):
    """FNV-1a, 64 bits, over the ids as little-endian 32-bit integers."""
    state = 0xCBF29CE484222325
    for i in ids:
        for byte in int(i).to_bytes(4, "little"):
            state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


# Texts


def traps():
    accents = "e\u0301 \u00e9 A\u030a \u00c5 \u212b o\u0302\u0323 \u1ed9 \uac00 \u1100\u1161\u11a8 \u0915\u093c \u0958 \u2126 \u1e9b\u0323"
    texts = [
        "", " ", "  ", "\n", "\r\n", "\t", "\0", "a", "Hello, world!", " Hello", "  Hello", "   Hello  ", "Hello \n World",
        "I'm you're he's she'll we've they'd don't it'S I'M YOU'RE HE'LL WE'VE THEY'D DON'T", "'s's'S'\u017f'\u017fx 's 'S '\u017f",
        "x'\u017f y'\u017f\u017f 'rE'Ve'lL'Ll'mM'dD 'l 'r 'v 'L 'R 'V '", "it\u2019s \u2019s \u02bcs '\ufb05 '\ufb06 '\u212a",
        "'re're're''s'''ll", "a'sb a'tc 'sa 'ta 're1 '1s", "HELLO World helloWorld HELLOworld camelCaseHTTPServer XMLHttpRequest2",
        "McDonald's O'Brien'S iPhone'll USA'S usa's \u00dcBER'S", "\u65e5HELLO \u65e5\u672cABC abc\u65e5\u672cDEF \u01c5ungla \u01c5\u01c5a",
        "\u02b0A \u02b0a A\u02b0 a\u02b0B \u0301A \u0301a a\u0301A A\u0301 \u0301\u0301 1\u0301 .\u0301 .\u0301A /\u0301a",
        accents, unicodedata.normalize("NFD", "Crème brûlée à la façon d'Élodie, Ångström, Việt Nam"), "<\u0338 >\u0338 =\u0338 <|endoftext|>\u0338",
        unicodedata.normalize("NFC", "Crème brûlée à la façon d'Élodie, Ångström, Việt Nam"), "\u0300", "a\u0300\u0301\u0302\u0315\u031b\u0323b",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f44b\U0001f3fd \u270c\ufe0f\U0001f1fa\U0001f1f3 1\ufe0f\u20e3",
        "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05b9\u05dc\u05b8\u05dd \u0645\u0631\u062d\u0628\u0627 \u0628\u0650\u0627\u0644\u0652\u0639\u0627\u0644\u064e\u0645 \u200f\u200eabc\u202e",
        "\u4f60\u597d\uff0c\u4e16\u754c\uff01\u3053\u3093\u306b\u3061\u306f\u3000\u4e16\u754c \uc548\ub155\ud558\uc138\uc694 \u4e00\u4e8c\u4e09\uff11\uff12\uff13",
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 \u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0b95\u0bc1\u0bb1\u0bc1",
        "a\u00a0b \u00a0 c\u2003d\u2009\u200a e\u3000f\u1680g\u202fh\u205fi\u2028j\u2029k\u0085l\u000bm\u000cn", "\u200b\ufeff\u180e\u2060a\u200bb \u00adc",
        "\u00a0", "\u00a0\u00a0", " \u00a0", "\u00a0 ", "\u3000\n\u3000a", "\u2028\u2028a", "\u0085\n\u0085", "\u001c\u001d\u001e\u001f a\u001cb",
        "a\r\nb\r\n\r\nc\n\rd\r\re \r\n f \n\n g\t\n\th", "\n\n\n", "\n \n \n", " \n", "\n ", "\r\n \r\n", "a\n", "a \n", "a\n ", "a  \n  b", "\t\t\ta", "\t \ta",
        "    def f(x):\n        return x\n\n\n    class A:\n\t\tpass\n", "//comment\n/* x */\n///\n/\r\n/a ./b/ !/\n!\n/", "path/to/file /usr/bin !!\n\n!! \n!",
        "1 12 123 1234 12345 123456 1234567 1,234,567.89 3.14159 1e-10 0x1F \u0661\u0662\u0663\u0664 \u00bd \u00b2\u00b3\u00b9 \u2163 \u3007 \u2460\u2461 \uff11\uff12",
        "a1b2c3 1a 12ab 123abc \u0967\u0968\u0969\u096a\u096b x\u00b2y", "!@#$%^&*()_+-=[]{}|;':\",./<>?`~", "...!!!???---===###", " ... !!! --- ", "a.b,c;d:e!f?g",
        "$100 \u20ac50 \u00a375 \u00a5100 50% \u00a9 \u00ae \u2122 \u2030 \u221e \u2211 \u222b \u2260 \u2264", "\u2014\u2013\u2026\u201c\u201d\u2018\u2019\u00ab\u00bb\u2022",
        "\x01\x02\x1b[31mred\x1b[0m\x7f\x80\x9f", "\ue000\ue001 \uf8ff \U000f0000 \U0010fffd", "\ufdd0\ufffe\uffff\U0001fffe\U0010ffff\ufffd", "a\ufdd0b 1\ufffe2",
        "<|endoftext|>", "<|im_start|>user\nhi<|im_end|>\n", "a<|endoftext|>b <|endoftext|> <|endoftext|><|endoftext|>", "<|endoftext|", "<<|endoftext|>>",
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>", "<|start|>user<|message|>hi<|end|>", "[PAD151936] <tool>\u00e9<tool>", "<Tool><tool>A\u0301</tool>",
        "\u0130\u0131\u017f\u212a\u00df\u1e9e\u03a3\u03c3\u03c2 \ufb01\ufb02 \u01c4\u01c5\u01c6", "\U0001d400\U0001d41a\U0001d7ce \U00010400\U00010428 \U0001e900\U0001e922 \U00020000\U0002a6d6 \U000e0100",
        "w048 7tuijk dsdfhu", "\u043d\u0435\u0449\u043e \u043d\u0430 \u0411\u044a\u043b\u0433\u0430\u0440\u0441\u043a\u0438", "_x_ __init__ snake_case _A _1 a_1", "e.g. i.e. U.S.A. Ph.D's",
        "\u1780\u17b6\u1793\u17cb\u178f\u17c2\u1796\u17b7\u179f\u17c1\u179f\u17a2\u17b6\u1785\u1781\u179b\u1785\u17c1\u1789", "\u0e01\u0e33 \u0f40\u0f71\u0f72 \u1b05\u1b35", "\U00020041\u0301 \U000e01af\u0301 \U0002f800\u0301 \U0002f9ff \U00030041\u030a\u1161 \U0010fffd\u0301", "\u20dd\u20de a\u20dd 1\u20dd",
    ]
    texts += [" " * n for n in (3, 4, 5, 7, 8, 16, 31, 32, 33, 64, 129)] + [" " * n + "x" for n in (4, 17, 64)]
    texts += ["\n" * n for n in (4, 5, 9, 40)] + ["1" * n for n in (2, 3, 4, 5, 6, 7, 50)] + ["a" * n for n in (2, 7, 48, 49, 50, 100)]
    texts += ["\u00e9" * 100, "\u65e5" * 100, "-" * 100, "=" * 47, "\t" * 50, "ab" * 60, "\r\n" * 20, " \n" * 20, "\U0001f600" * 40, "e\u0301" * 60]
    rng = random.Random(1)
    texts += ["".join(rng.choice("abcdefghij") for _ in range(10_000)), "a" * 10_000, "A" * 10_000, " " * 10_000, "\n" * 10_000, "7" * 10_000]
    texts += ["".join(rng.choice("\u65e5\u672c\u8a9eABC") for _ in range(5_000)), "".join(rng.choice("aA\u0301 '\u017f\ns/") for _ in range(5_000))]
    return texts


def stable_characters():
    """Characters in classes, each character the same class here and in the regular expressions of tokenizers."""
    classes = {"Lu": [], "Ll": [], "Lt": [], "Lm": [], "Lo": [], "M": [], "N": [], "Z": [], "P": [], "S": [], "C": []}
    tests = {k: pre_tokenizers.Split(Regex(r"\p{%s}" % k), behavior="removed") for k in classes}
    white = pre_tokenizers.Split(Regex(r"\s"), behavior="removed")
    for code in list(range(0x20000)) + list(range(0x20000, 0x20100)) + list(range(0xE0100, 0xE01F0)) + list(range(0xF0000, 0xF0020)):
        if 0xD800 <= code < 0xE000:
            continue
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Cn":
            continue
        name = category if category in classes else category[0]
        if tests[name].pre_tokenize_str(char) == [] and (white.pre_tokenize_str(char) == []) == char_is_white(code):
            classes[name].append(char)
    return classes


def char_is_white(code):
    """White_Space as PropList.txt lists it."""
    return code in (0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 9 <= code <= 13 or 0x2000 <= code <= 0x200A


def random_texts(count):
    rng = random.Random(20240601)
    classes = stable_characters()
    common = list("  \n\r\t''''/.,;-_!abcdefgstmrvlABCDSTRVL0123456789") + ["\u017f", "\u0301", "\u00a0", "\u3000", "\u00e9", "\u00c9", "\u65e5", "'s", "'LL", "'re", "  ", "\r\n", "//"]
    texts = []
    while len(texts) < count:
        share = rng.choice((0.0, 0.1, 0.3, 0.6, 1.0))
        length = rng.choice((3, 8, 16, 24, 40))
        text = "".join(
            rng.choice(classes[rng.choice(list(classes))]) if rng.random() < share else rng.choice(common) for _ in range(length))
        # The normalizer of tokenizers lacks the combining classes of some newer marks.
        if normalizers.NFC().normalize_str(text) == unicodedata.normalize("NFC", text):
            texts.append(text)
    return texts


# Tokenizers


def full(vocabularies, name):
    """The byte-level vocabulary of a GGUF file as a tokenizer of tokenizers, and its compact form."""
    field = lambda key: fields["tokenizer.ggml." + key].contents() if "tokenizer.ggml." + key in fields else None
    fields = gguf.GGUFReader(os.path.join(vocabularies, f"ggml-vocab-{name}.gguf")).fields
    tokens, types, merges = field("tokens"), field("token_type"), [tuple(m.split(" ")) for m in field("merges")]
    compact(name, tokens, types, merges, field)
    bpe = models.BPE(
        vocab={t: i for i, (t, k) in enumerate(zip(tokens, types)) if k == 1}, merges=merges, ignore_merges=name == "llama-bpe")
    tokenizer = Tokenizer(bpe)
    tokenizer.pre_tokenizer = splitter(name)
    tokenizer.decoder = decoders.ByteLevel()
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    added = [AddedToken(t, special=k == 3, normalized=False) for t, k in zip(tokens, types) if k != 1]
    tokenizer.add_tokens(added)
    assert all(tokenizer.token_to_id(t) == i for i, t in enumerate(tokens))
    return tokenizer


def compact(name, tokens, types, merges, field):
    """NAME.json: the marks and the tokens that no merge makes, as [id, spelling, type]; NAME.merges: two LEB128 numbers a merge,
    twice the left id, plus one if the merge is the first that makes its token, and the right id. Each such merge makes the
    token with the lowest id not yet spoken for."""
    ids = {t: i for i, t in enumerate(tokens)}
    made = {a + b for a, b in merges}
    base = [[i, t, k] for i, (t, k) in enumerate(zip(tokens, types)) if t not in made]
    spoken, free, seen = {i for i, _, _ in base}, 0, set()
    with open(os.path.join(OUT, name + ".merges"), "wb") as file:
        for left, right in merges:
            is_new = left + right not in seen
            if is_new:
                seen.add(left + right)
                while free in spoken:
                    free += 1
                assert ids[left + right] == free and types[free] == 1
                free += 1
            for number in (2 * ids[left] + is_new, ids[right]):
                while number >= 128:
                    file.write(bytes([number & 127 | 128]))
                    number >>= 7
                file.write(bytes([number]))
    write(name + ".json", {"model": "gpt2", "pre": name, "count": len(tokens), "bos": field("bos_token_id"), "eos": field("eos_token_id"), "base": base})


def sentencepiece(vocabularies):
    fields = gguf.GGUFReader(os.path.join(vocabularies, "ggml-vocab-llama-spm.gguf")).fields
    field = lambda key: fields["tokenizer.ggml." + key].contents()
    write("llama-spm.json", {"model": "llama", "pre": "default", "tokens": field("tokens"), "types": field("token_type"), "scores": field("scores"), "bos": 1, "eos": 2})


def small(name, texts):
    """A small tokenizer trained on the held-out texts and the traps, with the options that large ones use."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=name == "llama-bpe"))
    tokenizer.pre_tokenizer = splitter(name)
    tokenizer.decoder = decoders.ByteLevel()
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    held = [open(f, encoding="utf-8").read()[:30_000] for f in sorted(glob.glob(os.path.join(MODELS, "heldout*.txt")))]
    trainer = trainers.BpeTrainer(
        vocab_size=900, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|endoftext|>"])
    tokenizer.train_from_iterator(held + [t for t in texts if len(t) < 1000], trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in ("<|start|>", "<|message|>", "<|end|>", "<|return|>", "<|im_start|>", "<|im_end|>")])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False), AddedToken("</tool>", normalized=True), AddedToken("<to", normalized=False)])
    if name == "llama-bpe":
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<|start|> $A", special_tokens=[("<|start|>", tokenizer.token_to_id("<|start|>"))])])
    tokenizer.save(os.path.join(OUT, f"small-{name}.json"), pretty=False)
    return tokenizer


def main(vocabularies):
    os.makedirs(os.path.join(OUT, "llama.cpp"), exist_ok=True)
    for name in ("gpt-2", "qwen2", "llama-bpe", "llama-spm"):
        for kind in ("inp", "out"):
            shutil.copyfile(os.path.join(vocabularies, f"ggml-vocab-{name}.gguf.{kind}"), os.path.join(OUT, "llama.cpp", f"{name}.{kind}"))
    sentencepiece(vocabularies)
    trapped = traps()
    texts = trapped + random_texts(2200)
    write("texts.json", texts)
    lengths = lambda name, text: [len(text[a:b].encode()) for _, (a, b) in cut[name].pre_tokenize_str(text)]
    cut = {n: pre_tokenizers.Split(Regex(p), behavior="isolated") for n, p in PATTERNS.items()}
    cut["default"] = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(p), behavior="isolated") for p in FALLBACK])
    splits = {n: [lengths(n, t) for t in texts] for n in cut}
    assert all(sum(s) == len(t.encode()) for n in cut for s, t in zip(splits[n], texts))
    write("splits.json", {n: [s if len(s) <= 400 else [len(s), digest(s)] for s in v] for n, v in splits.items()})
    encoders = {n: full(vocabularies, n) for n in ("gpt-2", "qwen2", "llama-bpe")} | {"small-" + n: small(n, trapped) for n in ("qwen2", "llama-bpe", "gpt-4o")}
    shown = lambda ids, index: ids if index < len(trapped) and len(ids) <= 100 else [len(ids), digest(ids)]
    result = {"tokenizers": tokenizers.__version__, "traps": len(trapped), "ids": {}, "asText": {}, "decoded": {}}
    for name, tokenizer in encoders.items():
        result["ids"][name] = [shown(tokenizer.encode(t).ids, i) for i, t in enumerate(texts)]
        decoded = [tokenizer.decode(tokenizer.encode(t, add_special_tokens=False).ids, skip_special_tokens=False) for t in texts]
        result["decoded"][name] = [[i, d] for i, (t, d) in enumerate(zip(texts, decoded)) if t != d]
        tokenizer.encode_special_tokens = True
        result["asText"][name] = [shown(tokenizer.encode(t, add_special_tokens=False).ids, i) for i, t in enumerate(trapped)]
    write("ids.json", result)
    teaching = Tokenizer.from_file(os.path.join(MODELS, "tokenizer.json"))
    held = {}
    for path in sorted(glob.glob(os.path.join(MODELS, "heldout*.txt"))):
        text = open(path, encoding="utf-8", newline="").read()
        ids, lines = teaching.encode(text).ids, text.split("\n")[:3]
        held[os.path.basename(path)] = {"count": len(ids), "digest": digest(ids), "lines": [[line, teaching.encode(line).ids] for line in lines]}
    write("heldout.json", held)


if __name__ == "__main__":
    main(sys.argv[1])
