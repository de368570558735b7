#!/usr/bin/env bash
# Measures Lancet beside the tools one would use without it, in turn on the same machine:
#
#   Scripts/bench.sh open      opening a 12 GB checkpoint
#   Scripts/bench.sh engine    prefill and decode on the gpt-oss-20b shape in both precisions, against llama.cpp
#   Scripts/bench.sh forward   short runs of the teaching models, alone and in batches, against PyTorch
#   Scripts/bench.sh growth    how cost grows with tokens, layers and experts
#   Scripts/bench.sh sweep     patching every head of the teaching model, against PyTorch forward hooks
#   Scripts/bench.sh quantize  gpt-oss' and Qwen3's shapes by recipes at the prompt, against llama-quantize
#   Scripts/bench.sh encode    each encoder alone, against ggml's
#   Scripts/bench.sh memory    decoding the 12 GB shape in an 8 GiB cgroup, against llama.cpp (root, cgroup v1)
#   Scripts/bench.sh save      pruning and saving 6 GB, against cp and sync; prints its own figures
#   Scripts/bench.sh           all of them but save and memory, and writes Scripts/benchmarks/RESULTS.md
#
# LANCET_BIN          a folder with lancet and lancet-bench, built elsewhere (else they are built here)
# LANCET_PEERS        a Python with what Scripts/peers/README.md lists (python3)
# LANCET_SHAPE        a file of 24 layers that Scripts/peers/synth_gptoss.py has written already, which is left as it is
# LANCET_BENCH_DIR    where the 12 GB file is written, and deleted afterwards (a temporary folder)
# LANCET_THREADS      threads for every contender (the number of processors)
# LANCET_ROUNDS       how often the contenders take turns (5)
# LANCET_CASES        what `quantize` measures, such as "gptoss:q8_0 qwen3moe:q4_k_m:imatrix"
set -euo pipefail
cd "$(dirname "$0")/.."

python=${LANCET_PEERS:-python3}
threads=${LANCET_THREADS:-$(nproc)}
rounds=${LANCET_ROUNDS:-5}
part=${1:-all}
bin=${LANCET_BIN:-.build/release}
bench=$bin/lancet-bench
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
open | engine | forward | growth | sweep | quantize | encode | save | memory | all) ;;
*) fail "there is no part $part: use open, engine, forward, growth, sweep, quantize, encode, memory, save or nothing for all" ;;
esac
measures() { [ "$part" = "$1" ] || [ "$part" = all ]; }
if measures open || measures engine || measures quantize || measures encode || [ "$part" = save ] || [ "$part" = memory ]; then
    need gguf
    need numpy
fi
if measures engine || measures quantize || measures encode || [ "$part" = memory ]; then need llama_cpp; fi
if measures sweep || measures forward; then
    need torch
    need transformers
fi

built() { [ -n "${LANCET_BIN:-}" ] || swift build -c release --product "$1"; }
case $part in
save | quantize) ;;
*) built lancet-bench ;;
esac
results=$(mktemp -d)
data=
trap 'rm -rf "$results" "$data"' EXIT
# How busy the machine is with other things, so that the report can say so.
cut -d' ' -f1 /proc/loadavg >"$results/load"

make_checkpoint() {
    local layers=$1
    [ -z "$data" ] || return 0
    local parent=${LANCET_BENCH_DIR:-${TMPDIR:-/tmp}}
    mkdir -p "$parent"
    if [ -n "${LANCET_SHAPE:-}" ] && [ "$layers" = 24 ]; then
        data=$(mktemp -d "$parent/lancet-bench.XXXXXX")
        ln -s "$(realpath "$LANCET_SHAPE")" "$data/shape.gguf"
        return
    fi
    [ "$(df --output=avail -B1 "$parent" | tail -1)" -gt 13000000000 ] ||
        fail "$parent has less than 13 GB free: set LANCET_BENCH_DIR to a folder that has"
    data=$(mktemp -d "$parent/lancet-bench.XXXXXX")
    echo "writing a checkpoint of $((layers / 2)) GB"
    "$python" Scripts/peers/synth_gptoss.py "$data/shape.gguf" "$layers"
}

if [ "$part" = save ]; then
    built lancet
    make_checkpoint 12
    "$python" Scripts/benchmarks/save.py "$bin/lancet" "$data/shape.gguf" --rounds "$rounds"
    exit
fi
if measures open; then
    make_checkpoint 24
    # The first opening is to find nothing in the page cache.
    "$python" Scripts/benchmarks/forget.py "$data/shape.gguf"
    "$bench" open "$data/shape.gguf" --runs 9 --json >"$results/open-lancet-1.json"
fi
if measures engine; then
    make_checkpoint 24
    # A prompt of 512 tokens in its own rounds; llama.cpp is slow there, so nothing is decoded behind it.
    for prompt in 128:16 512:1; do
        IFS=: read -r length decode <<<"$prompt"
        for round in $(seq "$rounds"); do
            echo "engine, a prompt of $length, round $round of $rounds"
            for precision in fast exact; do
                "$bench" engine "$data/shape.gguf" --runs 1 --threads "$threads" --precision $precision --json \
                    --prompt "$length" --decode "$decode" >"$results/engine $length $precision-lancet-$round.json"
            done
            "$python" Scripts/peers/llamacpp.py speed "$data/shape.gguf" --runs 1 --threads "$threads" \
                --prompt "$length" --decode "$decode" >"$results/engine $length-llama.cpp-$round.json"
        done
    done
fi
if measures forward; then
    "$python" Scripts/make-hf-teaching.py "$results/models" >/dev/null
    for model in gptoss qwen3moe; do
        for round in $(seq "$rounds"); do
            echo "forward, $model, round $round of $rounds"
            "$bench" forward "examples/models/teach-$model-bf16.gguf" --runs 3 --threads "$threads" --json \
                >"$results/forward $model-lancet-$round.json"
            "$python" Scripts/peers/hf_forward.py "$results/models/hf-$model" --runs 3 --threads "$threads" \
                >"$results/forward $model-torch-$round.json" 2>"$results/torch.log" ||
                fail "the PyTorch runs failed: $(tail -1 "$results/torch.log")"
        done
    done
fi
if measures growth; then
    for precision in exact fast; do
        echo "growth in $precision"
        "$bench" growth --runs "$rounds" --threads "$threads" --precision $precision --json \
            >"$results/growth $precision-lancet-1.json"
    done
fi
if [ "$part" = memory ]; then
    make_checkpoint 24
    "$python" Scripts/benchmarks/memory.py "$bench" "$data/shape.gguf" "$results" --threads "$threads" --rounds "$rounds"
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
if measures quantize; then
    parent=${LANCET_BENCH_DIR:-${TMPDIR:-/tmp}}
    mkdir -p "$parent"
    shapes=$(mktemp -d "$parent/lancet-bench.XXXXXX")
    trap 'rm -rf "$results" "$data" "$shapes"' EXIT
    built lancet
    cases=${LANCET_CASES:-gptoss:q4_k_m gptoss:q8_0 gptoss:q4_k_m:imatrix gptoss:q8_0:imatrix \
        qwen3moe:q4_k_m qwen3moe:q8_0 qwen3moe:q4_k_m:imatrix qwen3moe:q8_0:imatrix}
    for case in $cases; do
        IFS=: read -r shape recipe weighted <<<"$case"
        if [ ! -e "$shapes/$shape.gguf" ]; then
            "$python" "Scripts/peers/synth_$shape.py" "$shapes/$shape.gguf" 2
            "$python" Scripts/benchmarks/random_imatrix.py "$shapes/$shape.gguf" "$shapes/$shape.imatrix"
        fi
        for round in $(seq "$rounds"); do
            echo "quantize $shape as $recipe${weighted:+ with importance}, round $round of $rounds"
            "$python" Scripts/benchmarks/quantize.py "$bin/lancet" "$shapes/$shape.gguf" "$shapes/out.gguf" \
                "$recipe" --threads "$threads" ${weighted:+--imatrix "$shapes/$shape.imatrix"} \
                >"$results/quantize $case-lancet-$round.json"
            rm -f "$shapes/out.gguf"
            "$python" Scripts/peers/llamacpp.py quantize "$shapes/$shape.gguf" "$shapes/out.gguf" "${recipe^^}" \
                --threads "$threads" ${weighted:+--imatrix "$shapes/$shape.imatrix"} \
                >"$results/quantize $case-llama.cpp-$round.json"
            rm -f "$shapes/out.gguf"
        done
    done
fi
if measures encode; then
    "$python" Scripts/benchmarks/random_rows.py "$results/rows" "$results/importance"
    for format in q8_0 q6_k q5_k q5_1 q5_0 q4_k q4_1 q4_0 iq4_nl iq4_xs mxfp4 nvfp4 q3_k q2_k tq2_0 tq1_0; do
        for weighted in "" importance; do
            "$bench" encode "$format" "$results/rows" 2048 "$results/blocks" --runs 5 --threads 1 --json \
                ${weighted:+--importance "$results/importance"} >"$results/encode $format${weighted:+ $weighted}-lancet-1.json"
        done
    done
    "$python" Scripts/benchmarks/ggml_encoders.py "$results/rows" "$results/importance" >"$results/encode-ggml.json"
fi

"$python" Scripts/benchmarks/report.py "$results" | tee "$results/report.md"
if [ "$part" = all ]; then cp "$results/report.md" Scripts/benchmarks/RESULTS.md; fi
