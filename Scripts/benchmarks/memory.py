#!/usr/bin/env python3
"""A 12 GB checkpoint inside 8 GiB: Lancet's paged experts, then llama.cpp's map, each in a memory cgroup of its own.

Usage: memory.py LANCET_BENCH MODEL.gguf RESULTS [--limit-gib 8] [--seconds 120] [--decode 10] [--threads 2] [--rounds 5]
                 [--precision fast] [--only NAME,NAME]

Writes RESULTS/memory-CONTENDER-ROUND.json. The file's pages are dropped first, so every contender begins with the disk; the
peak is the cgroup's, page cache included. Needs the memory controller of cgroup v1, writable (root). Contenders:

    random     every expert of a layer as likely for every token
    text       the routes that the teaching model's tokens take through its held-out text, laid over the shape
    own        the shape's own routers, which are random numbers
    fitting    restricted to half of the experts, which fit
    llama.cpp  in the first round alone, stopped after --seconds

A contender that fails or does not end is an error, and what it said is shown; llama.cpp's failure is a result.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
CONTROLLER = pathlib.Path("/sys/fs/cgroup/memory")


class Group:
    """A memory cgroup."""

    def __init__(self, limit):
        self.path = CONTROLLER / f"lancet-bench-{uuid.uuid4().hex[:8]}"
        try:
            self.path.mkdir()
        except OSError as error:
            raise SystemExit(f"memory.py: {CONTROLLER} is not a memory controller that can be written to: {error}")
        (self.path / "memory.limit_in_bytes").write_text(str(limit))

    def enter(self):
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def number(self, name):
        return int((self.path / name).read_text())

    def remove(self):
        for _ in range(50):
            try:
                return self.path.rmdir()
            except OSError:
                time.sleep(0.1)


def measured(command, limit, seconds):
    """Runs a command in a cgroup; its output so far if it takes too long, and how it ended."""
    subprocess.run([sys.executable, HERE / "forget.py", model], check=True)
    group = Group(limit)
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=group.enter, text=True)
    try:
        output = process.communicate(timeout=seconds)[0]
        end = "done" if process.returncode == 0 else f"failed with {process.returncode}"
    except subprocess.TimeoutExpired:
        process.kill()
        output, end = process.communicate()[0], "stopped"
    facts = {
        "seconds": time.monotonic() - start,
        "end": end,
        "limit_bytes": limit,
        "peak_bytes": group.number("memory.max_usage_in_bytes"),
        "times_over_limit": group.number("memory.failcnt"),
    }
    group.remove()
    return output, facts


def llamacpp(decode, threads):
    """Decodes tokens one by one, a line each: what memory.py runs of itself."""
    sys.path.insert(0, str(HERE.parent / "peers"))
    import llamacpp as peer

    model_ = peer.Model(model, 64, threads)
    for position in range(decode):
        model_.decode([1000 + 17 * position], position, False)
        print(position, flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("bench")
parser.add_argument("model")
parser.add_argument("results")
parser.add_argument("--limit-gib", type=float, default=8)
parser.add_argument("--seconds", type=float, default=120)
parser.add_argument("--decode", type=int, default=10)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--precision", default="fast")
parser.add_argument("--only")
options = parser.parse_args()
model = options.model
if options.bench == "llama.cpp":
    llamacpp(options.decode, options.threads)
    sys.exit()
limit = int(options.limit_gib * (1 << 30))
models = HERE.parent.parent / "examples" / "models"
contenders = {
    "random": ["--routes", "random"],
    "text": ["--routes", f"{models}/teach-gptoss-bf16.gguf:{models}/heldout.txt"],
    "own": [],
    "fitting": ["--fitting"],
    "llama.cpp": None,
}
for turn in range(1, options.rounds + 1):
    for name, extra in contenders.items():
        if options.only and name not in options.only.split(",") or extra is None and turn > 1:
            continue
        print(f"memory, {name}, round {turn} of {1 if extra is None else options.rounds}", flush=True)
        if extra is None:
            command = [sys.executable, __file__, "llama.cpp", model, "-", "--decode", "8", "--threads", str(options.threads)]
            output, facts = measured(command, limit, options.seconds)
            facts |= {"tokens": len(output.split()), "asked": 8}
        else:
            command = [options.bench, "paged", model, str(limit), "--prompt", "16", "--decode", str(options.decode),
                       "--threads", str(options.threads), "--precision", options.precision, "--json", *extra]
            output, facts = measured(command, limit, 600)
            if facts["end"] != "done":
                raise SystemExit(f"memory.py: {' '.join(map(str, command))}: {facts['end']}; {output}")
            facts |= json.loads(output)
        pathlib.Path(options.results, f"memory-{name}-{turn}.json").write_text(json.dumps(facts))
