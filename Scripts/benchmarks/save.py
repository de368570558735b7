#!/usr/bin/env python3
"""Times pruning and saving beside `cp` and `sync` of as many bytes, in turn.

    python Scripts/benchmarks/save.py LANCET SHAPE.gguf [--rounds 3] [--drop 8]

LANCET is the executable, SHAPE.gguf a gpt-oss shape of peers/synth_gptoss.py. Both contenders read what the page cache holds
and end when their bytes are on disk. Beside the time it prints the most memory that Lancet held beyond what it had mapped.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time


def resident(process):
    """The most anonymous memory that a process holds until it ends, in bytes."""
    most = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        most = max(most, int(line.split()[1]) * 1024)
        except (FileNotFoundError, ProcessLookupError):
            break
        time.sleep(0.01)
    if process.wait() != 0:
        raise SystemExit("lancet failed")
    return most


def timed(work):
    subprocess.run(["sync"], check=True)
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lancet")
    parser.add_argument("shape")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drop", type=int, default=8, help="experts to drop in each layer")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="lancet-save.", dir=os.path.dirname(os.path.abspath(options.shape)))
    pruned, copy = os.path.join(folder, "pruned.gguf"), os.path.join(folder, "copy.gguf")
    script = f'm = open "{options.shape}"\n'
    if options.drop:
        script += f"prune m drop {list(range(options.drop))}\n"
    script += f'save m "{pruned}"\n'
    path = os.path.join(folder, "save.lancet")
    with open(path, "w") as file:
        file.write(script)

    def lancet():
        return resident(subprocess.Popen([options.lancet, "run", path], stdout=subprocess.DEVNULL))

    def cp():
        subprocess.run(["cp", pruned, copy], check=True)
        subprocess.run(["sync"], check=True)

    try:
        times, memory = {"lancet": [], "cp": []}, 0
        lancet()
        size = os.path.getsize(pruned)
        for _ in range(options.rounds):
            seconds, _ = timed(cp)
            times["cp"].append(seconds)
            os.remove(copy)
            os.rename(pruned, copy)
            os.remove(copy)
            seconds, most = timed(lancet)
            times["lancet"].append(seconds)
            memory = max(memory, most)
        for name, all_times in times.items():
            median = statistics.median(all_times)
            print(f"{name:8} {median:6.2f} s  {size / median / 1e9:5.2f} GB/s  of", " ".join(f"{t:.2f}" for t in all_times))
        ratio = statistics.median(times["cp"]) / statistics.median(times["lancet"])
        print(f"{size / 1e9:.2f} GB saved at {ratio:.2f} of the speed of cp and sync; "
              f"{memory / 2**20:.0f} MiB held beyond the map")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
