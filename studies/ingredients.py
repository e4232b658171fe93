#!/usr/bin/env python3
"""Which part of momentum 0.98 + Nesterov + inverse bias correction frees LionAR from warmup?

Claim C12 of docs/findings.md: the eight combinations in the setting of long_rows.py, three learning
rates each around the best of long_rows.py, without warmup and with 5 %. Cost: about 5 s of
one core a run, 12 minutes in all. Records: docs/results/ingredients.jsonl.gz.

    studies/ingredients.py [--jobs 2]      then      studies/report.py
"""
import itertools

from trials import LONG_ROWS, SMALL_GPT, powers, run_study

RATES = {0.9: powers(1.6e-2, 3), 0.98: powers(6.4e-2, 3)}


def name(beta, nesterov, inverse):
    return f"{beta:g}{' nesterov' if nesterov else ''}{' inverse' if inverse else ''}"


def trials():
    return [{"arm": name(beta, nesterov, inverse), "lr": lr, "warmup": warmup, "seed": seed,
             "flags": SMALL_GPT | LONG_ROWS | {
                 "optimizer.name": "lion_ar", "beta": beta, "nesterov": str(nesterov).lower(),
                 "inverse_bias_correction": "linear" if inverse else "none"}}
            for seed in (1, 2, 3)
            for beta, nesterov, inverse in itertools.product(RATES, (False, True), (False, True))
            for lr in RATES[beta] for warmup in ("0", "5%")]


if __name__ == "__main__":
    run_study("ingredients", trials())
