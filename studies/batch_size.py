#!/usr/bin/env python3
"""Does warmup matter more at larger batches? AdamW at three batch sizes, learning rates swept at each.

Claim C17 of docs/findings.md. 500 steps each, so a larger batch also means more data. Cost: 1 to
10 s of one core a run, 15 minutes on two cores in all. Records: docs/results/batch_size.jsonl.gz.

    studies/batch_size.py [--jobs 2]      then      studies/report.py
"""
from trials import SMALL_GPT, run_study

SEQUENCES = [8, 32, 128]
RATES = [1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2]


def trials():
    return [{"arm": f"adamw_batch_{sequences}", "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | {"batch_tokens": 32 * sequences, "micro_batch": min(sequences, 32)}}
            for seed in (1, 2, 3) for sequences in SEQUENCES for lr in RATES
            for warmup in ("0", "5%")]


if __name__ == "__main__":
    run_study("batch_size", trials())
