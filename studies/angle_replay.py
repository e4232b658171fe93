#!/usr/bin/env python3
"""Is the size of the updates all that matters? AdamW's angles, replayed by optimizers of fixed norm.

AdamW is trained with the angle of every matrix recorded at every step; then other optimizers turn
the same matrices by the same angles (optimizer.rotation_replay), in their own directions and without
changing any norm: Adam's direction over whole matrices (AdamH), Adam's over rows, and LionAR's
signs. Gains follow the recorded run's rate; in the arms `..._free_embeddings` the embeddings do as
well, so that their norms can grow. No warmup, AdamW's best rate. Claim C19 of docs/findings.md.
Cost: about 5 s of one core a run, 4 minutes in all. Records: docs/results/angle_replay.jsonl.gz.

    studies/angle_replay.py [--jobs 2]      then      studies/report.py
"""
from trials import LONG_ROWS, SMALL_GPT, run_study

RATE = 4e-3
RECORD = {"metrics.granularity": "model,tensor"}
ADAMW = {"optimizer.name": "adamw"}
# arm -> flags of the optimizer that replays
REPLAYS = {
    "adam_matrices": {"optimizer.name": "adamw", "hyperball": "true"},
    "adam_rows": {"optimizer.name": "rotational_adamw", "rotation_center": "false"},
    "lion_ar": {"optimizer.name": "lion_ar"},
    "adam_matrices_free_embeddings": {"optimizer.name": "adamw", "hyperball": "true",
                                      "rotate_embeddings": "false"},
    "lion_ar_free_embeddings": {"optimizer.name": "lion_ar", "rotate_embeddings": "false"},
}
INITS = {"": {}, "_long_rows": LONG_ROWS}


def trials():
    for seed in (1, 2, 3):
        for suffix, init in INITS.items():
            common = {"lr": RATE, "warmup": "0", "seed": seed}
            yield common | {"arm": "adamw" + suffix, "flags": SMALL_GPT | init | RECORD | ADAMW}
            for arm, flags in REPLAYS.items():
                yield common | {"arm": arm + suffix, "flags": SMALL_GPT | init | RECORD | flags,
                                "recorded": SMALL_GPT | init | RECORD | ADAMW}


if __name__ == "__main__":
    run_study("angle_replay", list(trials()))
