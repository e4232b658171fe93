#!/usr/bin/env python3
"""Tables and figures of docs/findings.md, from the records under docs/results/ alone.

    studies/report.py            prints the tables, writes docs/figures/*.svg
    studies/report.py --update   puts each table between its markers in docs/findings.md as well
"""
import argparse
import collections
import re
import statistics

import figures
from statistics_of import DIVERGED, loss_of, mean_sd, paired_gap, verdict
from trials import ROOT, load

FINDINGS = ROOT / "docs" / "findings.md"
FIGURES = ROOT / "docs" / "figures"


def by_arm(records):
    """arm -> warmup -> lr -> seed -> loss, of the learning rates that were run at every warmup with
    at least two seeds"""
    runs = collections.Counter((r["arm"], r["lr"]) for r in records)
    warmups = {r["warmup"] for r in records}
    records = [r for r in records if runs[r["arm"], r["lr"]] >= 2 * len(warmups)]
    table = collections.defaultdict(lambda: collections.defaultdict(
        lambda: collections.defaultdict(dict)))
    for r in records:
        table[r["arm"]][r["warmup"]][r["lr"]][r["seed"]] = loss_of(r)
    return table


def warmups_of(arm):
    return sorted(arm, key=lambda w: float(w.rstrip("%")))


def best(rates):
    """The learning rate with the lowest mean over seeds, of those with all seeds."""
    seeds = max(len(losses) for losses in rates.values())
    means = {lr: statistics.fmean(losses.values())
             for lr, losses in rates.items() if len(losses) == seeds}
    return min(means, key=means.get)


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def pm(values):
    mean, sd = mean_sd(list(values))
    return f"{mean:.3f} ± {sd:.3f}"


def lr_text(lr, rates):
    edge = " (edge)" if lr in (min(rates), max(rates)) else ""
    return f"{lr:g}{edge}"


def warmup_table(table):
    """Best loss without and with warmup, each at its own best rate and at the rate that is best
    without warmup; the gap is without minus with, so positive means that warmup helps."""
    rows = []
    for arm, warmups in table.items():
        none = warmups["0"]
        lr0 = best(none)
        others = {w: rates for w, rates in warmups.items() if w != "0"}
        w1 = min(others, key=lambda w: statistics.fmean(others[w][best(others[w])].values()))
        lr1 = best(others[w1])
        gap, error, n = paired_gap(none[lr0], others[w1][lr1])
        rows.append([f"`{arm}`", lr_text(lr0, none), pm(none[lr0].values()), w1,
                     lr_text(lr1, others[w1]), pm(others[w1][lr1].values()),
                     f"{gap:+.3f} ± {error:.3f}", verdict(gap, error, n), str(n)])
    return markdown(["arm", "LR, no warmup", "loss, no warmup", "best warmup", "its LR",
                     "its loss", "gap ± SE", "no warmup is", "seeds"], rows)


def same_rate_table(table):
    """Gap between no warmup and the best warmup at each learning rate."""
    rows = []
    for arm, warmups in table.items():
        for lr in sorted(warmups["0"]):
            cells = []
            for w in warmups_of(warmups)[1:]:
                gap, error, n = paired_gap(warmups["0"][lr], warmups[w][lr])
                cells.append(f"{gap:+.3f} ± {error:.3f}")
            rows.append([f"`{arm}`", f"{lr:g}", pm(warmups["0"][lr].values()), *cells])
    head = ["arm", "LR", "loss, no warmup",
            *(f"gap to {w}" for w in warmups_of(next(iter(table.values())))[1:])]
    return markdown(head, rows)


def lr_figure(table, arms, name):
    panels = []
    for arm in arms:
        lines = []
        for w in warmups_of(table[arm]):
            points = [(lr, *mean_sd(list(losses.values())))
                      for lr, losses in sorted(table[arm][w].items())]
            lines.append((f"warmup {w}", points))
        low = min(p[1] for _, points in lines for p in points)
        panels.append(figures.panel(arm, "peak learning rate", "final validation loss (nats/byte)",
                                    lines, log_x=True, y_range=(low - 0.02, min(low + 0.8, DIVERGED))))
    figures.write(FIGURES / f"{name}.svg", panels)


def crossing_table(records):
    """C3: first step after which the run with warmup has the lower training loss for good."""
    curves = {(r["arm"], r["warmup"], r["lr"], r["seed"]): r["curve"] for r in records
              if r["val_loss"] is not None}
    table = by_arm(records)
    rows = []
    for arm in ("adamw", "lion_a", "lion_ar"):
        lr = best(table[arm]["5%"])
        steps = []
        for seed in sorted(table[arm]["0"][lr]):
            a, b = curves.get((arm, "0", lr, seed)), curves.get((arm, "5%", lr, seed))
            if a is None or b is None:
                continue
            ahead = [i for i in range(len(a)) if a[i] <= b[i]]
            steps.append(10 * (ahead[-1] + 1) if ahead else 0)
        rows.append([f"`{arm}`", f"{lr:g}", ", ".join(map(str, steps))])
    return markdown(["arm", "LR (best at 5 %)", "last step at which no warmup is ahead, per seed"],
                    rows)


def window(trace, low, high):
    values = [v for step, v in trace if low <= step <= high and v is not None]
    return statistics.fmean(values) if values else float("nan")


def mean_traces(records, measure):
    """arm -> warmup -> [(step, mean over seeds, sd)]"""
    collected = collections.defaultdict(lambda: collections.defaultdict(list))
    for r in records:
        for step, value in r["traces"].get(measure, []):
            if value is not None:
                collected[(r["arm"], r["warmup"])][step].append(value)
    return {arm: [(step, *mean_sd(values)) for step, values in sorted(steps.items())]
            for arm, steps in collected.items()}


def early_late_table(records):
    """Mean over steps 2 to 10 against steps 150 to 250 (plateau of the rate), without warmup."""
    rows = []
    measures = ["update_l2", "angular_update", "snr", "rrc", "grad_momentum_cosine",
                "momentum_cancellation"]
    for r_arm in dict.fromkeys(r["arm"] for r in records):
        for measure in measures:
            pairs = []
            for r in records:
                if r["arm"] == r_arm and r["warmup"] == "0" and measure in r["traces"]:
                    trace = r["traces"][measure]
                    pairs.append((window(trace, 2, 10), window(trace, 150, 250)))
            if not pairs:
                continue
            early, late = [p[0] for p in pairs], [p[1] for p in pairs]
            rows.append([f"`{r_arm}`", f"`{measure}`", *(f"{m:.3g} ± {s:.1g}" for m, s in
                                                         (mean_sd(early), mean_sd(late))),
                         f"{statistics.fmean(early) / statistics.fmean(late):.2f}"])
    return markdown(["arm", "measure", "steps 2 to 10", "steps 150 to 250", "ratio"], rows)


def trace_figure(records, measures, arms, name):
    panels = []
    for measure in measures:
        traces = mean_traces(records, measure)
        lines = [(f"{arm}{', warmup' if w != '0' else ''}", [p for p in traces[(arm, w)] if p[1] > 0])
                 for arm in arms for w in ("0", "5%") if (arm, w) in traces]
        if lines:
            panels.append(figures.panel(measure, "step", measure, lines, log_x=True, log_y=True))
    if panels:
        figures.write(FIGURES / f"{name}.svg", panels)


def tables():
    gap = load("warmup_gap")
    if gap:
        table = by_arm(gap)
        yield "warmup_gap", warmup_table(table)
        yield "same_rate", same_rate_table(table)
        yield "crossing", crossing_table(gap)
        arms = [a for a in ("adamw", "lion_a", "lion_ar", "lion_ar_high_momentum") if a in table]
        lr_figure(table, arms, "loss_against_lr")
    sizes = load("update_sizes")
    if sizes:
        yield "early_late", early_late_table(sizes)
        trace_figure(sizes, ["update_l2", "angular_update", "snr", "rrc"],
                     ["adamw", "lion_a", "lion_ar"], "update_sizes")
    batch = load("batch_size")
    if batch:
        yield "batch_size", warmup_table(by_arm(batch))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true", help="rewrite the tables in findings.md")
    update = parser.parse_args().update
    page = FINDINGS.read_text(encoding="utf-8") if update else ""
    for name, table in tables():
        print(f"{name}\n\n{table}\n")
        page = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)",
                      lambda m, table=table: f"{m[1]}\n{table}\n\n{m[2]}", page, flags=re.DOTALL)
    if update:
        FINDINGS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
