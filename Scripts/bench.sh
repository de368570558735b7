#!/usr/bin/env bash
# Measures Lancet beside the tools one would use without it, in turn on the same machine:
#
#   Scripts/bench.sh open      opening a 12 GB checkpoint
#   Scripts/bench.sh engine    prefill and decode on the gpt-oss-20b shape, against llama.cpp
#   Scripts/bench.sh sweep     patching every head of the teaching model, against PyTorch forward hooks
#   Scripts/bench.sh           all three, and writes Scripts/benchmarks/RESULTS.md
#
# LANCET_PEERS        a Python with what Scripts/peers/README.md lists (python3)
# LANCET_BENCH_DIR    where the 12 GB file is written, and deleted afterwards (a temporary folder)
# LANCET_THREADS      threads for every contender (the number of processors)
# LANCET_ROUNDS       how often the contenders take turns (3)
set -euo pipefail
cd "$(dirname "$0")/.."

python=${LANCET_PEERS:-python3}
threads=${LANCET_THREADS:-$(nproc)}
rounds=${LANCET_ROUNDS:-3}
part=${1:-all}
bench=.build/release/lancet-bench
answer=" Walter"
wrong=" Jane"
clean="When Jane and Walter went to the station, Jane gave a ball to"
corrupt="When Jane and Walter went to the station, Walter gave a ball to"

fail() {
    echo "bench: $1" >&2
    exit 1
}

need() {
    "$python" -c "import $1" 2>/dev/null ||
        fail "$python has no $1: make a virtual environment as Scripts/peers/README.md says and set LANCET_PEERS to its python"
}

case $part in
open | engine | sweep | all) ;;
*) fail "there is no part $part: use open, engine, sweep or nothing for all" ;;
esac
measures() { [ "$part" = "$1" ] || [ "$part" = all ]; }
if measures open || measures engine; then
    need gguf
    need numpy
fi
if measures engine; then need llama_cpp; fi
if measures sweep; then
    need torch
    need transformers
fi

swift build -c release --product lancet-bench
results=$(mktemp -d)
data=
trap 'rm -rf "$results" "$data"' EXIT
# How busy the machine is with other things, so that the report can say so.
cut -d' ' -f1 /proc/loadavg >"$results/load"

make_checkpoint() {
    [ -z "$data" ] || return 0
    local parent=${LANCET_BENCH_DIR:-${TMPDIR:-/tmp}}
    mkdir -p "$parent"
    [ "$(df --output=avail -B1 "$parent" | tail -1)" -gt 13000000000 ] ||
        fail "$parent has less than 13 GB free: set LANCET_BENCH_DIR to a folder that has"
    data=$(mktemp -d "$parent/lancet-bench.XXXXXX")
    echo "writing a checkpoint of 12 GB"
    "$python" Scripts/peers/synth_gptoss.py "$data/shape.gguf" 24
}

if measures open; then
    make_checkpoint
    # The first opening is to find nothing in the page cache.
    "$python" Scripts/benchmarks/forget.py "$data/shape.gguf"
    "$bench" open "$data/shape.gguf" --runs 9 --json >"$results/open-lancet-1.json"
fi
if measures engine; then
    make_checkpoint
    for round in $(seq "$rounds"); do
        echo "engine, round $round of $rounds"
        "$bench" engine "$data/shape.gguf" --runs 1 --threads "$threads" --json >"$results/engine-lancet-$round.json"
        "$python" Scripts/peers/llamacpp.py speed "$data/shape.gguf" --runs 1 --threads "$threads" \
            >"$results/engine-llama.cpp-$round.json"
    done
fi
if measures sweep; then
    "$python" Scripts/make-hf-teaching.py "$results/models" >/dev/null
    for round in $(seq "$rounds"); do
        echo "sweep, round $round of $rounds"
        "$bench" sweep examples/models/teach-gptoss-bf16.gguf "$clean" "$corrupt" "$answer" "$wrong" \
            --runs 9 --threads "$threads" --json >"$results/sweep-lancet-$round.json"
        "$python" Scripts/peers/hf_sweep.py "$results/models/hf-gptoss" "$clean" "$corrupt" "$answer" "$wrong" \
            --runs 3 --threads "$threads" >"$results/sweep-torch-$round.json" 2>"$results/torch.log" ||
            fail "the PyTorch sweep failed: $(tail -1 "$results/torch.log")"
    done
fi

"$python" Scripts/benchmarks/report.py "$results" | tee "$results/report.md"
if [ "$part" = all ]; then cp "$results/report.md" Scripts/benchmarks/RESULTS.md; fi
