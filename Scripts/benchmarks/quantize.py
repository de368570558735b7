#!/usr/bin/env python3
"""Quantizes at Lancet's prompt, as anyone would: digests, recipe and fsync included.

    quantize.py LANCET MODEL.gguf OUT.gguf RECIPE [--imatrix FILE] [--threads 2]

Prints one JSON object: seconds from the start of the process to its end, and the most memory it held beyond files it maps.
"""
import argparse
import json
import os
import subprocess
import time

from save import resident


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lancet")
    parser.add_argument("model")
    parser.add_argument("target")
    parser.add_argument("recipe")
    parser.add_argument("--imatrix")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    using = f' using (imatrix "{options.imatrix}")' if options.imatrix else ""
    script = f'm = open "{options.model}"; quantize m as {options.recipe}{using}; save m "{options.target}"'
    subprocess.run(["sync"], check=True)
    start = time.monotonic()
    command = [options.lancet, "--quiet", "--threads", str(options.threads), "-c", script]
    memory = resident(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    seconds = time.monotonic() - start
    print(json.dumps({"seconds": seconds, "peak_anonymous_mib": memory >> 20, "bytes": os.path.getsize(options.target)}))


if __name__ == "__main__":
    main()
