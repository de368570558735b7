#!/usr/bin/env python3
"""Make Tests/Fixtures/paging.json: what caches of experts answer of small request traces, found by brute force.

    python Scripts/make-paging-goldens.py

Needs nothing. Each policy is played on plain lists, with the whole history looked through at every step.
"""
import json
import os
import random

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "paging.json")


def play(policy, requests, sizes, capacity):
    hits, kept = 0, []
    for time, expert in enumerate(requests):
        if expert in kept:
            hits += 1
            continue
        if sizes[expert] > capacity:
            continue

        def last(e):
            return max(t for t in range(time) if requests[t] == e)

        def rank(e):
            if policy == "lru":
                return (last(e),)
            return (requests[:time].count(e), last(e))

        while sum(sizes[e] for e in kept) + sizes[expert] > capacity:
            kept.remove(min(kept, key=rank))
        kept.append(expert)
    return hits


def pinned(requests, sizes, capacity):
    kept, room = set(), capacity
    for expert in sorted(range(len(sizes)), key=lambda e: (-requests.count(e), e)):
        if sizes[expert] <= room:
            kept.add(expert)
            room -= sizes[expert]
    return sum(r in kept for r in requests)


def main():
    draw = random.Random(11)
    cases = []
    for sizes in ([1] * 24, [draw.randint(1, 4) for _ in range(24)]):
        weights = [1 / (1 + i) ** 0.8 for i in range(24)]
        requests = draw.choices(range(24), weights, k=500)
        for capacity in (1, 2, 5, 9, 16, 23, sum(sizes)):
            cases.append({
                "sizes": sizes, "requests": requests, "capacity": capacity,
                "lru": play("lru", requests, sizes, capacity), "lfu": play("lfu", requests, sizes, capacity),
                "pinned": pinned(requests, sizes, capacity)})
    with open(OUT, "w") as file:
        json.dump({"cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
