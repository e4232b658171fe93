#!/usr/bin/env python3
"""The study warmup_gap.py again with longer rows of weights: initial standard deviation 0.1.

LionAR keeps the norm of every row for good, and 0.02 is too short for a width of 64 (LONG_ROWS in
trials.py), so that only here it trains as well as the others. Claims C8, C9 and C11 to C13 of
docs/findings.md, with AdamW and LionA at the same initialisation beside it. Cost: about 5 s of one
core a run, 12 minutes in all. Records: docs/results/long_rows.jsonl.gz.

    studies/long_rows.py [--jobs 2]      then      studies/report.py
"""
from trials import HIGH_MOMENTUM, LONG_ROWS, SMALL_GPT, powers, run_study

WARMUPS = ["0", "5%"]
ARMS = {
    "adamw": ({"optimizer.name": "adamw"}, powers(2e-3, 4)),
    "lion_ar": ({"optimizer.name": "lion_ar"}, powers(1.6e-2, 3)),
    "lion_ar_rrc": ({"optimizer.name": "lion_ar", "rrc_scaling": "exact"}, powers(1.6e-2, 4),
                    "0", "5%", "20%"),
    "lion_ar_high_momentum": ({"optimizer.name": "lion_ar"} | HIGH_MOMENTUM, powers(6.4e-2, 3)),
    "lion_a": ({"optimizer.name": "lion_a"}, powers(4e-3, 3)),
    "lion_a_high_momentum": ({"optimizer.name": "lion_a"} | HIGH_MOMENTUM, powers(8e-3, 3)),
    # Without momentum an update is 4.4 times as long at the same rate and turns as much as 19 times
    # that rate with momentum.
    "lion_ar_no_momentum": ({"optimizer.name": "lion_ar", "beta": 0}, powers(1e-3, 6), "0"),
}


def trials():
    # Seeds outermost: a study that is stopped early has whole grids of fewer seeds.
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | LONG_ROWS | flags}
            for seed in (1, 2, 3) for arm, (flags, rates, *warmups) in ARMS.items()
            for lr in rates for warmup in warmups or WARMUPS]


if __name__ == "__main__":
    run_study("long_rows", trials())
