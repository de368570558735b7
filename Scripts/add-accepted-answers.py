#!/usr/bin/env python3
"""Add to each `years` item of an errbench file the first-token texts that count as right.

    python Scripts/add-accepted-answers.py examples/models/errbench.jsonl

A greater-than item has many right answers: evaluate.py (examples/models/make) takes a greedy answer as right when its
decade digit is not below that of the start year. This writes the rule out as `"accept": [digits]`, so that a reader of
the file need not know it. All other bytes stay as they are; a line that already has the field is left alone.
"""
import json
import sys

path = sys.argv[1]
lines = []
for line in open(path, encoding="utf-8", newline=""):
    item = json.loads(line)
    if item["family"] == "years" and "accept" not in item:
        start_year = item["prompt"].split("year ")[-2].split(" ")[0]
        accepted = [str(digit) for digit in range(int(start_year[2]), 10)]
        assert item["answer"] in accepted and item["wrong"] not in accepted, item
        body = line.rstrip("\n")
        assert body.endswith("}")
        line = body[:-1] + ', "accept": ' + json.dumps(accepted) + "}\n"
    lines.append(line)
with open(path, "w", encoding="utf-8", newline="") as out:
    out.writelines(lines)
