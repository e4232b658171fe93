#!/usr/bin/env python3
"""How large are the updates, with warmup and without? Traces of the measures over one run an arm.

Claims C4, C6 to C8, C10, C14 to C16 and C18 of docs/findings.md. Four arms of the study
warmup_gap.py near their best learning rates, without warmup and with 5 %, three seeds; the batch is
128 sequences, so that the batch is large against the critical one. Cost: about 12 s of one core a
run, 3 minutes on two cores. Records: docs/results/update_sizes.jsonl.gz.

    studies/update_sizes.py [--jobs 2]      then      studies/report.py
"""
import math

from trials import SMALL_GPT, loss_curve, run_study

MEASURES = ["update_l2", "update_l2.no_decay", "angular_update", "relative_update", "snr",
            "critical_batch", "grad_momentum_cosine", "momentum_cancellation", "rrc"]
FLAGS = {"batch_tokens": 4096, "micro_batch": 32,
         "metrics.measure": "default,snr,critical_batch,rrc@5",
         "metrics.granularity": "model,tensor"}
ARMS = {
    "adamw": ({"optimizer.name": "adamw"}, 8e-3),
    "lion_a": ({"optimizer.name": "lion_a"}, 8e-3),
    "lion_ar": ({"optimizer.name": "lion_ar"}, 0.16),
    "lion_ar_rrc": ({"optimizer.name": "lion_ar", "rrc_scaling": "exact"}, 0.32),
}


def rounded(value):
    return float(f"{value:.4g}") if math.isfinite(value) else None


def digest(records):
    """Model-level traces whole; of the tensors, what the claims ask for."""
    steps = [r for r in records if r["type"] == "train"]
    traces, tensors = {}, {}
    for record in steps:
        for name, value in record.items():
            measure, _, where = name.partition("/")
            if measure not in MEASURES and not measure.startswith(("rrc", "update_factor")):
                continue
            if not isinstance(value, (int, float)):
                continue
            if where == "model":
                traces.setdefault(measure, []).append((record["step"], rounded(value)))
            elif not where.startswith(("role/", "rows/")):
                tensors.setdefault(measure, {}).setdefault(where, []).append(
                    (record["step"], rounded(value)))
    # Every step of the first 50, then every tenth.
    thin = lambda trace: [p for p in trace if p[0] <= 50 or p[0] % 10 == 0]
    return {"curve": loss_curve(records),
            "traces": {name: thin(trace) for name, trace in traces.items()},
            "tensors": {name: {where: thin(trace) for where, trace in by.items()}
                        for name, by in tensors.items()}}


def trials():
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | FLAGS | flags}
            for seed in (1, 2, 3) for arm, (flags, lr) in ARMS.items()
            for warmup in ("0", "5%")]


if __name__ == "__main__":
    run_study("update_sizes", trials(), digest)
