#!/usr/bin/env python3
"""Turn GGUF files with SentencePiece vocabularies into Hugging Face folders and compare transformers' ids with llama.cpp's.

    python Scripts/check-sentencepiece.py LANCET

Needs: transformers, and what make-sentencepiece-gguf.py needs; LANCET is the built executable. Two vocabularies: the tiny one of
the tests, and all 32,000 pieces of Llama 2. For each text: transformers' ids on the folder that Lancet writes against llama.cpp's
on the file it was made from, with control pieces parsed and taken as text, and what the ids decode to. Exits with 1 where
ids differ.
"""
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import transformers

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("goldens", os.path.join(HERE, "make-sentencepiece-gguf.py"))
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)


def whole():
    data = json.load(open(os.path.join(goldens.ROOT, "llama-spm.json"), encoding="utf-8"))
    return list(zip(data["tokens"], data["scores"], data["types"]))


def main():
    lancet = os.path.abspath(sys.argv[1])
    texts = json.load(open(os.path.join(goldens.ROOT, "texts.json"), encoding="utf-8"))
    texts = [t for t in texts if 0 < len(t) < 2000][:1500] + goldens.texts()[-12:]
    failures = 0
    for name, pieces in [("tiny", goldens.vocabulary()), ("llama-2", whole())]:
        with tempfile.TemporaryDirectory() as scratch:
            path, folder = os.path.join(scratch, "model.gguf"), os.path.join(scratch, "folder")
            goldens.write(pieces, path)
            subprocess.run([lancet, "-c", f'convert "{path}" to "{folder}"'], check=True, stdout=subprocess.DEVNULL)
            reader = goldens.Reader(path)
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
            differ = []
            for text in texts:
                for parsed in (True, False):
                    tokenizer._tokenizer.encode_special_tokens = not parsed
                    ours = tokenizer._tokenizer.encode(text, add_special_tokens=False).ids
                    if ours != reader.ids(text, parsed):
                        differ.append((text[:60], parsed, ours[:12], reader.ids(text, parsed)[:12]))
            whole_ids = tokenizer("hello world").input_ids
            back = tokenizer.decode(whole_ids, skip_special_tokens=True)
            failures += len(differ) + (back != "hello world") + (whole_ids[0] != 1)
            print(f"{name:8s} {len(pieces)} pieces, {len(texts)} texts twice, {len(differ)} differ; {type(tokenizer).__name__}, "
                  f"decoded {back!r}")
            for line in differ[:8]:
                print("   ", line)
    return failures > 0


sys.exit(main())
