#!/usr/bin/env python3
"""Do too large early updates leave damage? A short first phase at 1, 8 or 128 times the rate.

Claim C21 of docs/findings.md, on a GPT with ReLU or leaky ReLU and biases instead of a ResNet: 25
steps at a constant rate times the factor, then 500 or 2000 steps of the usual schedule at the usual
rate, branched from the end of the phase. AdamW, LR 4e-3, three seeds. Cost: about 6 s of one core
a run, 20 s a long one, 6 minutes in all. Records: docs/results/early_damage.jsonl.gz.

    studies/early_damage.py [--jobs 2]      then      studies/report.py
"""
from trials import SMALL_GPT, run_study

PHASE, RATE = 25, 4e-3
COMMON = SMALL_GPT | {"bias": "true", "divergence_patience": 0,
                      "metrics.measure": "default,dead_relu,stable_rank"}
# arm -> activation, steps after the phase, factors
ARMS = {"relu": ("relu", 500, (1, 8, 128)), "leaky_relu": ("leaky_relu", 500, (1, 8, 128)),
        "relu_long": ("relu", 2000, (1, 128))}


def digest(records):
    """Dead units and stable rank at the end of the run."""
    ends = {}
    for record in records:
        for measure in ("dead_relu", "stable_rank"):
            if f"{measure}/model" in record:
                ends[measure] = record[f"{measure}/model"]
    return ends


def trials():
    return [{"arm": arm, "lr": RATE * factor, "warmup": "0", "seed": seed,
             "phase": COMMON | {"mlp": activation, "steps": PHASE, "shape": "constant"},
             "flags": COMMON | {"mlp": activation, "steps": PHASE + steps}, "rate": RATE}
            for seed in (1, 2, 3) for arm, (activation, steps, factors) in ARMS.items()
            for factor in factors]


if __name__ == "__main__":
    run_study("early_damage", trials(), digest)
