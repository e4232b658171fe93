#!/usr/bin/env python3
"""Does an optimizer need warmup? Optimizer x learning rate x warmup x seed on a small GPT.

Every arm has its own grid of learning rates (factors of two), because their scales differ by two
decades; `report.py` marks a best rate at the end of its grid. Claims C1 to C3, C5, C6, C13 and C22
of docs/findings.md; LionAR's own claims are in long_rows.py. Cost: about 5 s of one core a run, 30
minutes in all. Records: docs/results/warmup_gap.jsonl.gz.

    studies/warmup_gap.py [--jobs 2]      then      studies/report.py
"""
from trials import HIGH_MOMENTUM, SMALL_GPT, powers, run_study

WARMUPS = ["0", "5%", "20%"]
SEEDS = [1, 2, 3]

ADAM = powers(2e-3, 5)
ARMS = {
    "adamw": ({"optimizer.name": "adamw"}, ADAM),
    "adamw_m_uncorrected": ({"optimizer.name": "adamw", "bias_correction_m": "none"}, ADAM),
    "adamw_radam": ({"optimizer.name": "adamw", "radam_mode": "original"}, ADAM),
    "adamw_gi": ({"optimizer.name": "adamw", "v_init": "gradient"}, ADAM),
    # Ma and Yarats: the length that beta2 asks for, 2/(1 - beta2) steps.
    "adamw_untuned_linear": ({"optimizer.name": "adamw"}, ADAM, "40"),
    # From 8 to 32 sequences in stages over a fifth of the steps, at equal data: more, noisier steps.
    "adamw_batch_warmup": ({"optimizer.name": "adamw", "batch_warmup": "stages",
                            "batch_warmup_start": 256, "batch_warmup_steps": "20%"},
                           powers(5e-4, 5), "0"),
    "lion_a": ({"optimizer.name": "lion_a"}, ADAM),
    "lion_a_high_momentum": ({"optimizer.name": "lion_a"} | HIGH_MOMENTUM, powers(4e-3, 4)),
    "lion_ar": ({"optimizer.name": "lion_ar"}, powers(4e-2, 4)),
    "lion_ar_high_momentum": ({"optimizer.name": "lion_ar"} | HIGH_MOMENTUM, powers(0.16, 4)),
}


def trials():
    # Seeds outermost: a study that is stopped early has whole grids of fewer seeds.
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed, "flags": SMALL_GPT | flags}
            for seed in SEEDS for arm, (flags, rates, *warmups) in ARMS.items()
            for lr in rates for warmup in warmups or WARMUPS]


if __name__ == "__main__":
    run_study("warmup_gap", trials())
