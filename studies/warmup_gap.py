#!/usr/bin/env python3
"""Does an optimizer need warmup? Optimizer x learning rate x warmup x seed on a small GPT.

Every arm has its own grid of learning rates (factors of two), because their scales differ by two
decades; `report.py` checks that the best rate is inside. Claims C1 to C3, C5, C6, C8, C9, C11 to
C13 and C22 of docs/findings.md. Cost: about 3 s of one core a run, 40 minutes on two cores in all.
Records: docs/results/warmup_gap.jsonl.gz.

    studies/warmup_gap.py [--jobs 2]      then      studies/report.py
"""
from trials import SMALL_GPT, run_study

WARMUPS = ["0", "5%", "20%"]
SEEDS = [1, 2, 3]


def powers(first, count):
    return [first * 2**i for i in range(count)]


HIGH_MOMENTUM = {"beta": 0.98, "nesterov": "true", "inverse_bias_correction": "linear"}
ADAM = powers(2e-3, 5)
ROTATION = powers(4e-2, 4)
ARMS = {
    "adamw": ({"optimizer.name": "adamw"}, ADAM),
    "adamw_m_uncorrected": ({"optimizer.name": "adamw", "bias_correction_m": "none"}, ADAM),
    "adamw_radam": ({"optimizer.name": "adamw", "radam_mode": "original"}, ADAM),
    "adamw_gi": ({"optimizer.name": "adamw", "v_init": "gradient"}, ADAM),
    "lion_a": ({"optimizer.name": "lion_a"}, ADAM),
    "lion_a_high_momentum": ({"optimizer.name": "lion_a"} | HIGH_MOMENTUM, powers(2e-3, 5)),
    "lion_ar": ({"optimizer.name": "lion_ar"}, ROTATION),
    "lion_ar_rrc": ({"optimizer.name": "lion_ar", "rrc_scaling": "exact"}, ROTATION),
    "lion_ar_no_momentum": ({"optimizer.name": "lion_ar", "beta": 0}, ROTATION),
    "lion_ar_high_momentum": ({"optimizer.name": "lion_ar"} | HIGH_MOMENTUM, powers(0.16, 4)),
}


def trials():
    # Seeds outermost: a study that is stopped early has whole grids of fewer seeds.
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed, "flags": SMALL_GPT | flags}
            for seed in SEEDS for arm, (flags, rates) in ARMS.items()
            for lr in rates for warmup in WARMUPS]


if __name__ == "__main__":
    run_study("warmup_gap", trials())
