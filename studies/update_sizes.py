#!/usr/bin/env python3
"""How large are the updates, with warmup and without? Traces of the measures over one run an arm.

Claims C4, C6 to C8, C10, C14 to C16 and C18 of docs/findings.md. AdamW and LionA at GPT-2's
initialisation and a rate at which warmup matters (8e-3), LionAR with and without RRC control near
the best rates of long_rows.py; without warmup and with 5 %, three seeds. The batch is 128
sequences, so that it is large against the critical one. Cost: about 30 s of one core a run, 12
minutes in all. Records: docs/results/update_sizes.jsonl.gz.

    studies/update_sizes.py [--jobs 2]      then      studies/report.py
"""
import math
import statistics

from trials import LONG_ROWS, SMALL_GPT, loss_curve, run_study

BATCH = 128
FLAGS = {"batch_tokens": 32 * BATCH, "micro_batch": 32,
         "metrics.measure": "default,snr,rrc@5", "metrics.granularity": "model,tensor"}
ARMS = {
    "adamw": ({"optimizer.name": "adamw"}, 8e-3),
    "lion_a": ({"optimizer.name": "lion_a"}, 8e-3),
    "lion_ar": ({"optimizer.name": "lion_ar"} | LONG_ROWS, 3.2e-2),
    "lion_ar_rrc": ({"optimizer.name": "lion_ar", "rrc_scaling": "exact"} | LONG_ROWS, 6.4e-2),
}
# Of the model whole traces are kept, of every matrix the means over these steps.
WINDOWS = [(1, 1), (2, 10), (11, 25), (26, 50), (51, 100), (101, 150), (151, 250), (251, 375),
           (376, 500)]
MEASURES = ["update_l2", "update_l2.no_decay", "angular_update", "equilibrium.ratio", "snr",
            "grad_momentum_cosine", "momentum_cancellation", "rrc.train", "rrc.probe", "rrc.logits",
            "rrc.update_alignment_probe", "rrc.weight_alignment_probe"]


def rounded(value):
    return float(f"{value:.4g}") if math.isfinite(value) else None


def traces_of(records):
    """measure -> place -> [(step, value)]"""
    traces = {}
    for record in records:
        if record["type"] == "metrics" and record["step"] > 0:
            for name, value in record.items():
                measure, _, place = name.partition("/")
                if measure in MEASURES and not place.endswith(".gain"):
                    traces.setdefault(measure, {}).setdefault(place, []).append(
                        (record["step"], value))
    return traces


def window_means(trace):
    means = []
    for low, high in WINDOWS:
        values = [v for step, v in trace if low <= step <= high and v is not None]
        means.append(rounded(statistics.fmean(values)) if values else None)
    return means


def negative_share(trace, first):
    values = [v for step, v in trace if step >= first]
    return rounded(sum(v < 0 for v in values) / len(values)) if values else None


def digest(records):
    traces = traces_of(records)
    # Every step of the first 50, then every tenth.
    thin = lambda trace: [(s, rounded(v)) for s, v in trace if s <= 50 or s % 10 == 0]
    matrices = {measure: {place: trace for place, trace in places.items() if place != "model"}
                for measure, places in traces.items()}
    return {"curve": loss_curve(records),
            "traces": {m: thin(p["model"]) for m, p in traces.items() if "model" in p},
            "windows": {m: {place: window_means(t) for place, t in places.items()}
                        for m, places in matrices.items() if places},
            "negative_cosine": {place: negative_share(t, 51)
                                for place, t in matrices["grad_momentum_cosine"].items()}}


def trials():
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | FLAGS | flags}
            for seed in (1, 2, 3) for arm, (flags, lr) in ARMS.items()
            for warmup in ("0", "5%")]


if __name__ == "__main__":
    run_study("update_sizes", trials(), digest)
