"""Turns what bench.sh measured into Markdown.

Usage: report.py FOLDER       reads FOLDER/PART-CONTENDER-ROUND.json, prints the tables

Contenders take turns, so each round gives one ratio; figures are medians over rounds, and so are ratios.
"""
import glob
import json
import os
import statistics
import sys

folder = sys.argv[1]


def rounds(part, contender):
    paths = sorted(glob.glob(os.path.join(folder, f"{part}-{contender}-*.json")))
    return [json.load(open(path)) for path in paths]


def spread(values, digits=1):
    values = sorted(values)
    middle = f"{statistics.median(values):,.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({values[0]:,.{digits}f} to {values[-1]:,.{digits}f})"


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def compare(name, ours, theirs):
    return [name, spread(ours), spread(theirs), spread([a / b for a, b in zip(ours, theirs)], 2)]


def report_open(runs):
    run = runs[0]
    print(f"## Opening a checkpoint of {run['bytes'] / 1e9:.1f} GB\n")
    print(f"{run['tensors']} tensors, a vocabulary of {run['vocabulary']:,} tokens. From the path to a model that can run.\n")
    table(["", "milliseconds"], [
        ["first, its pages not in memory", f"{run['first_open_ms']:.1f}"],
        [f"again, median of {len(run['open_ms_runs'])}", spread(run["open_ms_runs"])],
        ["of which reading the file's header", spread(run["of_which_reading_ms_runs"])],
    ])


def report_engine():
    for length in (128, 512):
        theirs = rounds(f"engine {length}", "llama.cpp")
        precisions = {p: rounds(f"engine {length} {p}", "lancet") for p in ("fast", "exact")}
        if not theirs or not all(precisions.values()):
            continue
        first = precisions["fast"][0]
        print(f"## The gpt-oss-20b shape, a prompt of {length} tokens: tokens a second\n")
        print(f"Random weights: experts MXFP4, the rest Q8_0 and F32. {first['threads']} threads, Lancet's {first['variant']} kernels; "
              f"{len(theirs)} rounds in turn.\n")
        pick = lambda runs, key: [run[key] for run in runs]
        kinds = [("prefill", "prefill_tok_s"), ("perplexity", "perplexity_tok_s")]
        if length == 128:
            kinds.append(("decode", "decode_tok_s"))
        table(["", "Lancet", "llama.cpp", "ratio"], [
            compare(f"{name}, {precision}", pick(ours, key), pick(theirs, key))
            for name, key in kinds for precision, ours in precisions.items()])
        print(f"A token of the prompt takes {first['gflop_per_token']:.2f} GFLOP, a decoded one reads {first['bytes_per_token'] / 1e9:.2f} GB. "
              f"Measured beside it: memory reads {spread(pick(precisions['fast'], 'memory_read_gb_s'))} GB/s, float32 peaks at "
              f"{spread(pick(precisions['exact'], 'float32_peak_gflop_s'), 0)} GFLOP/s.")
        for precision, ours in precisions.items():
            line = f"In `{precision}`, prefill is {spread(pick(ours, 'prefill_share_of_float32_peak'), 2)} of the float32 peak"
            if length == 128:
                line += f" and decoding {spread(pick(ours, 'decode_share_of_memory_speed'), 2)} of memory speed"
            print(line + ".")
        print("\nPerplexity over one window of as many tokens: Lancet gives the loss of every position, llama.cpp the logits of the second "
              "half.\nllama.cpp keeps a second, repacked copy of the weights in memory: where memory is short, its figures suffer.\n")


def report_forward(models):
    print("## Short runs of the teaching models: milliseconds\n")
    print("16 tokens, logits at every position, `exact`; 64 sequences one by one and in a batch. Patched variants: another run's "
          "residual stream\nput into each layer at each position, one at a time, the last logits; Lancet's time has the run "
          "that is patched in it.\n")
    furthest = 0
    rows = []
    for model in models:
        ours, theirs = rounds(f"forward {model}", "lancet"), rounds(f"forward {model}", "torch")
        assert all(abs(a["last_logit_sum"] - b["last_logit_sum"]) < 1e-2 * max(1, abs(b["last_logit_sum"]))
                   for a, b in zip(ours, theirs)), "the two do not run the same"
        furthest = max([furthest] + [abs(x - y) for a, b in zip(ours, theirs)
                                     for x, y in zip(a["patched_logits"], b["patched_logits"], strict=True)])
        for name, own, other in (("one run", "run_ms", "run_ms"), ("64 in a batch against 64 runs", "batch_ms", "separate_ms"),
                                 ("64 in a batch against one batch", "batch_ms", "batch_ms"),
                                 ("64 patched variants against one batch", "patched_ms", "patched_ms")):
            a, b = [run[own] for run in ours], [run[other] for run in theirs]
            rows.append([model, name, spread(a), spread(b), spread([y / x for x, y in zip(a, b)])])
    table(["model", "", "Lancet", "PyTorch", "times as fast"], rows)
    assert furthest < 1e-3, "the two do not patch the same"
    print(f"The patched variants' logits agree to {furthest:.0e}.\n")


def report_growth():
    rows = []
    for precision in ("exact", "fast"):
        for run in rounds(f"growth {precision}", "lancet"):
            rows.append([f"`{precision}`"] + [f"{run[axis + '_exponent']:.2f}" for axis in
                                             ("tokens", "layers", "active_experts", "total_experts")])
    print("## How cost grows: exponents\n")
    print("Random models of 4 layers, 16 experts, 4 active, width 512, one number doubled three times. 1 is linear, 0 is flat. "
          "Prompts of 64 tokens for the first two; for experts, one token.\n")
    table(["precision", "tokens", "layers", "active experts", "all experts"], rows)


def report_memory(peer, *ours):
    first = ours[0][0]
    print(f"## The gpt-oss-20b shape within {first['limit_bytes'] / (1 << 30):.0f} GiB\n")
    print(f"Precision {first['precision']}. In a memory cgroup of that size; the file's pages are dropped first. Peak: the cgroup's, page cache included. The disk's "
          "rate is that of direct reads of experts in the same run, with nothing computed.\n")
    rows = []
    for name, runs in zip(("every expert as likely", "a text's routes", "the routers' own", "restricted to experts that fit"), ours):
        pick = lambda key, scale=1.0: [run.get(key, 0) * scale for run in runs]
        rows.append([name, spread(pick("decode_tok_s"), 2), spread(pick("read_bytes_per_token", 1e-9), 2), spread(pick("hit_share"), 3),
                     spread(pick("disk_gb_s"), 2), spread(pick("share_of_disk"), 2), spread(pick("peak_bytes", 1 / (1 << 30)), 2)])
    table(["", "tokens/s", "GB read a token", "found in memory", "disk, GB/s", "of what it allows", "peak, GiB"], rows)
    print("A read matrix is waited for, or read beside computing: of a token's {:.0f} ms with every expert as likely, the disk has work in {:.0f} and "
          "computing waits in {:.0f}.\n".format(*(statistics.median(1000 * value for value in values) for values in (
              [1 / run["decode_tok_s"] for run in ours[0]], [run["reading_s_per_token"] for run in ours[0]],
              [run["waiting_s_per_token"] for run in ours[0]]))))
    for run in peer:
        print(f"llama.cpp, its map in the same cgroup: {run['tokens'] or 'no'} of {run['asked']} tokens in {run['seconds']:.0f} s ({run['end']}).\n")


def report_sweep(ours, theirs):
    first = ours[0]
    cells = [(a, b) for row, other in zip(first["patched"], theirs[0]["z"]["patched"]) for a, b in zip(row, other)]
    print("## Patching every head of the teaching model: patches a second\n")
    print(f"z of {len(cells)} heads, one at a time, {first['tokens']} tokens; {first['threads']} threads; {len(ours)} rounds in turn. "
          f"PyTorch runs the whole prompt for each patch; Lancet computes {first['share_of_cells_computed']:.0%} of the layer and position cells.\n")
    table(["", "Lancet", "PyTorch hooks", "ratio"], [
        compare("patches a second", [run["patches_per_s"] for run in ours], [run["z"]["patches_per_s"] for run in theirs])])
    apart = max(abs(a - b) for a, b in cells)
    print(f"The patched logit differences of the two agree to {apart:.1g} logits.\n")


def report_quantize(cases):
    shapes = {"gptoss": "gpt-oss-20b, 2 layers, from Q8_0 and MXFP4", "qwen3moe": "Qwen3-30B-A3B, 2 layers, from BF16"}
    print("## From a file to a quantized file: seconds\n")
    print("Lancet is timed at the prompt, from the start of the process to its end: it opens, quantizes, digests what it "
          "reads and what it writes, and puts the file on disk. llama.cpp's quantizer is timed as a call; the last columns add "
          "`fsync` to it too. The same recipe, so the same types.\n")
    rows = []
    for case in cases:
        ours, theirs = rounds("quantize " + case, "lancet"), rounds("quantize " + case, "llama.cpp")
        assert all(run["rc"] == 0 for run in theirs), case
        shape, recipe, *weighted = case.split(":")
        pick = lambda key: [run[key] for run in theirs]
        mine, call, synced = [run["seconds"] for run in ours], pick("seconds"), pick("seconds_with_fsync")
        rows.append([shapes[shape], recipe + (" with importance" if weighted else ""), spread(mine, 2), spread(call, 2),
                     spread([y / x for x, y in zip(mine, call)]), spread(synced, 2),
                     spread([y / x for x, y in zip(mine, synced)]), str(max(run["peak_anonymous_mib"] for run in ours))])
    table(["shape", "recipe", "Lancet", "llama-quantize", "times as fast", "with fsync", "times as fast",
           "MiB that Lancet held beyond the map"], rows)


def report_encode(theirs):
    print("## Encoders alone: GB/s of float32, one thread\n")
    rows = []
    for kind, speeds in theirs.items():
        row = [kind]
        for words, key in (("", "plain"), (" importance", "importance")):
            ours = rounds(f"encode {kind}{words}", "lancet")[0]["float32_gb_s"]
            row += [f"{ours:.2f}", f"{speeds[key]:.3f}", f"{ours / speeds[key]:.1f}"]
        rows.append(row)
    table(["format", "Lancet", "ggml", "ratio", "with importance: Lancet", "ggml", "ratio"], rows)


print("# What was measured\n")
print("Made by `Scripts/bench.sh`; medians, in brackets the least and the largest. Compare ratios, not figures: these "
      "depend on the machine and on what else it does.\n")
print(f"Processor: {processor()}, {os.cpu_count()} of them.\n")
load = os.path.join(folder, "load")
if os.path.exists(load):
    busy = float(open(load).read())
    print(f"Load average before the first measurement: {busy:.1f}"
          + ("; the machine was busy with other work, which slows everything here.\n" if busy > os.cpu_count() / 2 else ".\n"))
parts = (("open", report_open, ["lancet"]), ("memory", report_memory, ["llama.cpp", "random", "text", "own", "fitting"]),
         ("sweep", report_sweep, ["lancet", "torch"]))
for part, report, contenders in parts:
    runs = [rounds(part, contender) for contender in contenders]
    if all(runs):
        report(*runs)
report_engine()
models = [m for m in ("gptoss", "qwen3moe") if rounds(f"forward {m}", "lancet") and rounds(f"forward {m}", "torch")]
if models:
    report_forward(models)
if rounds("growth exact", "lancet"):
    report_growth()
cases = [os.path.basename(path).removeprefix("quantize ").removesuffix("-lancet-1.json")
         for path in sorted(glob.glob(os.path.join(folder, "quantize *-lancet-1.json")), key=os.path.getmtime)]
if cases:
    report_quantize(cases)
alone = os.path.join(folder, "encode-ggml.json")
if os.path.exists(alone):
    report_encode(json.load(open(alone)))
