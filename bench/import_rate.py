#!/usr/bin/env python3
"""How many JSONL records `coldstart import` reads a second.

  bench/import_rate.py build/coldstart --records 1000000

Writes a log of that many step records, an evaluation each hundred, and times the import, the
writing of the study included.
"""
import argparse, json, pathlib, subprocess, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("program", type=pathlib.Path)
parser.add_argument("--records", type=int, default=1_000_000)
args = parser.parse_args()

with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    with open(work / "run.jsonl", "w") as log:
        for step in range(1, args.records + 1):
            record = {"step": step, "train_loss": 10 / step + 2.5, "lr": 0.001, "grad_norm": 1.25}
            if step % 100 == 0:
                record["val_loss"] = 10 / step + 2.6
            log.write(json.dumps(record) + "\n")
    start = time.monotonic()
    subprocess.run([args.program.resolve(), "import", "jsonl", "run.jsonl", "-o", "study"],
                   cwd=work, check=True, capture_output=True)
    elapsed = time.monotonic() - start
    print(f"{args.records} records in {elapsed:.2f} s: {args.records / elapsed:.0f} a second")
