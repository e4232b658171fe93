#!/usr/bin/env python3
"""LionAR with high momentum, Nesterov and inverse bias correction: which of the three does what?

All eight combinations, each with a grid of learning rates of its own, without warmup and with 5 %;
the setting is that of long_rows.py, where `lion_ar` (none of the three) and `lion_ar_high_momentum`
(all) were run already, so six are left. Claim C12 of docs/findings.md. Cost: about 5 s of one core
a run, 11 minutes in all. Records: docs/results/momentum_parts.jsonl.gz.

    studies/momentum_parts.py [--jobs 2]      then      studies/report.py
"""
from trials import LONG_ROWS, SMALL_GPT, powers, run_study

# By momentum and Nesterov. At momentum 0.98 gamma is 2.3 times smaller, so the same angle needs 5.2
# times the rate; without Nesterov the best rate lies lower again.
RATES = {(0.9, "false"): powers(1.6e-2, 3), (0.9, "true"): powers(1.6e-2, 4),
         (0.98, "false"): powers(1.6e-2, 4), (0.98, "true"): powers(6.4e-2, 3)}
# arm -> momentum, Nesterov, inverse bias correction
ARMS = {
    "lion_ar": (0.9, "false", "none"),
    "lion_ar_nesterov": (0.9, "true", "none"),
    "lion_ar_inverse": (0.9, "false", "linear"),
    "lion_ar_nesterov_inverse": (0.9, "true", "linear"),
    "lion_ar_98": (0.98, "false", "none"),
    "lion_ar_98_nesterov": (0.98, "true", "none"),
    "lion_ar_98_inverse": (0.98, "false", "linear"),
    "lion_ar_high_momentum": (0.98, "true", "linear"),
}
IN_LONG_ROWS = ("lion_ar", "lion_ar_high_momentum")


def trials():
    return [{"arm": arm, "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | LONG_ROWS | {
                 "optimizer.name": "lion_ar", "beta": beta, "nesterov": nesterov,
                 "inverse_bias_correction": inverse}}
            for seed in (1, 2, 3) for arm, (beta, nesterov, inverse) in ARMS.items()
            if arm not in IN_LONG_ROWS for lr in RATES[beta, nesterov] for warmup in ("0", "5%")]


if __name__ == "__main__":
    run_study("momentum_parts", trials())
