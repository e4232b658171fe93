#!/usr/bin/env python3
"""Do too large early updates leave damage in a classifier? A first phase at 1, 8 or 128 times the rate.

Claim C21 of docs/findings.md, on the MLP of the preset classifier-mlp (three hidden layers of width
128, biases) instead of a ResNet: which of seven kinds of files does a window of 64 bytes come from?
100 steps at 1, 8 or 128 times LR 0.004, then 2000 (`relu_long`: 8000) steps of the usual schedule;
AdamW, three seeds. Arms: ReLU; leaky ReLU (0.1); ReLU with biases frozen in the phase; ReLU with
gradients that are random directions of the same norm in the phase. Cost: 4 s of one core a run, 12 s
a long one, 4 minutes in all. Records: docs/results/early_damage_classifier.jsonl.gz.

    studies/early_damage_classifier.py [--jobs 2]      then      studies/report.py
"""
import atexit
import pathlib
import subprocess
import sys
import tempfile

from trials import ROOT, run_study

PHASE, RATE = 100, 4e-3
FACTORS = (1, 8, 128)
# arm -> activation, rules of the phase beside the rate, steps after it
ARMS = {"relu": ("relu", {}, 2000), "leaky_relu": ("leaky_relu", {}, 2000),
        "frozen_biases": ("relu", {"freeze_biases": "true"}, 2000),
        "random_directions": ("relu", {"random_directions": "true"}, 2000),
        "relu_long": ("relu", {}, 8000)}


def digest(records):
    """Accuracy, dead units and stable rank: at the start, after the phase and at the end."""
    ends = {}
    for record in records:
        place = {0: "start", PHASE: "phase"}.get(record["step"], "end")
        for name, key in (("accuracy", "val_accuracy"), ("train_accuracy", "train_accuracy"),
                          ("f1", "val_f1"), ("roc_auc", "val_roc_auc"),
                          ("dead_relu", "dead_relu/model"), ("stable_rank", "stable_rank/model")):
            if key in record:
                ends[f"{name}_{place}"] = record[key]
    return ends


def task(program):
    """The directory of the examples, made once for all runs."""
    folder = tempfile.TemporaryDirectory(prefix="coldstart-study-data-")
    atexit.register(folder.cleanup)
    place = pathlib.Path(folder.name)
    done = subprocess.run([program, "train", "classifier-mlp", "--dry-run", "--out", place / "run"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return next(place.glob(".data/files-*"))


def trials(data):
    all_trials = []
    for seed in (1, 2, 3):
        for arm, (activation, rules, steps) in ARMS.items():
            for factor in FACTORS:
                early = {f"early.{name}": value for name, value in rules.items()}
                if factor != 1:
                    early["early.phase_lr_factor"] = factor
                if early:
                    early["early.phase_steps"] = PHASE
                flags = {"preset": "classifier-mlp", "data.path": data, "mlp": activation,
                         "steps": PHASE + steps, "eval_every": 0, "eval_at": PHASE,
                         "checkpoint_every": 0, "keep_best": 0, "divergence_patience": 0,
                         "metrics.measure": "dead_relu,stable_rank", "threads": 1}
                all_trials.append({"arm": f"{arm} x {factor}", "lr": RATE, "warmup": "0",
                                   "seed": seed, "flags": flags | early})
    return all_trials


def program_of(arguments):
    for i, argument in enumerate(arguments):
        if argument == "--program":
            return arguments[i + 1]
    return ROOT / "build" / "coldstart"


if __name__ == "__main__":
    run_study("early_damage_classifier", trials(task(program_of(sys.argv))), digest)
