"""Tables about losses: no warmup against warmup, arm against arm, each at its own best rate."""
import collections
import statistics

import figures
from markdown import gap_cells, lr_text, markdown, pm, pm_short
from statistics_of import DIVERGED, loss_of, mean_sd, paired_gap


def by_arm(records):
    """arm -> warmup -> lr -> seed -> loss, of what was run with at least two seeds; of those the
    seeds that all rates have, so that rates are compared over the same seeds."""
    runs = collections.Counter((r["arm"], r["lr"], r["warmup"]) for r in records)
    table = collections.defaultdict(lambda: collections.defaultdict(
        lambda: collections.defaultdict(dict)))
    for r in records:
        if runs[r["arm"], r["lr"], r["warmup"]] >= 2:
            table[r["arm"]][r["warmup"]][r["lr"]][r["seed"]] = loss_of(r)
    for arm in table.values():
        for rates in arm.values():
            common = set.intersection(*(set(losses) for losses in rates.values()))
            for lr, losses in rates.items():
                rates[lr] = {seed: losses[seed] for seed in sorted(common)}
    return table


def warmups_of(arm):
    return sorted(arm, key=lambda w: float(w.rstrip("%")))


def best(rates):
    """The learning rate with the lowest mean over seeds."""
    return min(rates, key=lambda lr: statistics.fmean(rates[lr].values()))


def at_best(rates):
    """seed -> loss at the best rate"""
    return rates[best(rates)]


def warmup_table(table):
    """Best loss without and with warmup, each at its own best rate; the gap is without minus with,
    so positive means that warmup helps. Only warmups that were run over the same rates."""
    rows = []
    for arm, warmups in table.items():
        none = warmups.get("0", {})
        others = {w: r for w, r in warmups.items() if w != "0" and r.keys() == none.keys()}
        if not others:
            continue
        lr0 = best(none)
        w1 = min(others, key=lambda w: statistics.fmean(at_best(others[w]).values()))
        lr1 = best(others[w1])
        rows.append([f"`{arm}`", lr_text(lr0, none), pm(none[lr0].values()), w1,
                     lr_text(lr1, others[w1]), pm(others[w1][lr1].values()),
                     *gap_cells(none[lr0], others[w1][lr1])])
    return markdown(["arm", "LR, no warmup", "loss, no warmup", "best warmup", "its LR",
                     "its loss", "gap ± SE", "no warmup is", "seeds"], rows)


def gap_text(first, second):
    if not first.keys() & second.keys():
        return ""
    gap, error, _ = paired_gap(first, second)
    return f"{gap:+.3f} ± {error:.3f}"


def same_rate_table(table):
    """Gap between no warmup and every warmup at each learning rate."""
    shown = warmups_of({w for warmups in table.values() if "0" in warmups for w in warmups})
    rows = []
    for arm, warmups in table.items():
        if len(warmups) > 1 and "0" in warmups:
            rows += [[f"`{arm}`", f"{lr:g}", pm(losses.values()),
                      *(gap_text(losses, warmups.get(w, {}).get(lr, {})) for w in shown[1:])]
                     for lr, losses in sorted(warmups["0"].items())]
    return markdown(["arm", "LR", "loss, no warmup", *(f"gap to {w}" for w in shown[1:])], rows)


def against_table(table, pairs):
    """Arm against arm without warmup, each at its own best rate."""
    rows = []
    for first, second in pairs:
        if not all("0" in table.get(arm, {}) for arm in (first, second)):
            continue
        a, b = at_best(table[first]["0"]), at_best(table[second]["0"])
        rates = table[first]["0"]
        rows.append([f"`{first}`", lr_text(best(rates), rates), pm(a.values()), f"`{second}`",
                     pm(b.values()), *gap_cells(a, b)])
    return markdown(["arm", "LR", "loss", "against", "its loss", "gap ± SE", "the first is",
                     "seeds"], rows)


def share_table(table, reference, warmup, arms):
    """How much of the reference's gap between no warmup and `warmup`, each at its best rate, an arm
    closes, over the seeds that it has."""
    none, full = at_best(table[reference]["0"]), at_best(table[reference][warmup])
    rows = [[f"`{reference}`", "0", f"{best(table[reference]['0']):g}", pm(none.values()), "0 %",
             "", "", str(len(none))]]
    for arm, own in arms:
        rates = table[arm][own]
        losses = at_best(rates)
        won, error, _ = paired_gap(none, losses)
        gap = paired_gap({seed: none[seed] for seed in losses}, full)[0]
        rows.append([f"`{arm}`", own, lr_text(best(rates), rates), pm(losses.values()),
                     f"{100 * won / gap:.0f} ± {100 * error / gap:.0f} %", *gap_cells(losses, none)])
    rows.append([f"`{reference}`", warmup, f"{best(table[reference][warmup]):g}", pm(full.values()),
                 "100 %", *gap_cells(full, none)])
    return markdown(["arm", "warmup", "LR", "loss", "share of the gap closed ± SE",
                     f"against `{reference}` without", "it is", "seeds"], rows)


def parts_table(table, arms, reference):
    """C12: every combination without warmup and with 5 %, each at its own best rates, and its loss
    without warmup against the combination that has none of the three parts."""
    rows = []
    for arm, parts in arms.items():
        none, some = table[arm]["0"], table[arm]["5%"]
        against = ["", ""]
        if arm != reference:
            against = gap_cells(at_best(none), at_best(table[reference]["0"]))[:2]
        rows.append([*parts, lr_text(best(none), none), pm(at_best(none).values()), *against,
                     lr_text(best(some), some), pm(at_best(some).values()),
                     *gap_cells(at_best(none), at_best(some))])
    return markdown(["momentum", "Nesterov", "inverse correction", "LR", "loss, no warmup",
                     "against the first row ± SE", "it is", "LR, 5 %", "loss, 5 %",
                     "gap to 5 % ± SE", "no warmup is", "seeds"], rows)


def effects_table(table, arms):
    """C12: what each part does to the loss without warmup and to the gap to 5 %, all else equal:
    the mean over the four pairs of combinations that differ in it, paired by seed."""
    rows = []
    for place, name in enumerate(("momentum 0.98", "Nesterov", "inverse correction")):
        cells = []
        for measure in (lambda arm, seed: at_best(table[arm]["0"])[seed],
                        lambda arm, seed: at_best(table[arm]["0"])[seed]
                        - at_best(table[arm]["5%"])[seed]):
            on, off = ({seed: statistics.fmean(measure(arm, seed) for arm, parts in arms.items()
                                               if (parts[place] in ("0.98", "on")) == wanted)
                        for seed in (1, 2, 3)} for wanted in (True, False))
            cells += gap_cells(on, off)[:2]
        rows.append([name, *cells])
    return markdown(["part", "loss, no warmup: with it minus without ± SE", "it is",
                     "gap to 5 %: with it minus without ± SE", "it is"], rows)


def replay_table(records, inits):
    """C19: runs that replay AdamW's angles against that run: final loss, and the largest difference
    of the training loss, means of ten steps, early and late; mean over seeds."""
    runs = collections.defaultdict(dict)
    for r in records:
        runs[r["arm"]][r["seed"]] = r
    losses = lambda arm: {seed: loss_of(r) for seed, r in runs[arm].items()}
    rows = []
    for suffix, init in inits.items():
        for arm in (a for a in runs if a.endswith("_long_rows") == bool(suffix)):
            cells = ["", "", "", "", "", ""]
            if not arm.startswith("adamw"):
                cells = gap_cells(losses(arm), losses("adamw" + suffix))[:2]
                for low, high in ((0, 5), (5, 50)):
                    apart = [[x - y for x, y in zip(r["curve"][low:high],
                                                    runs["adamw" + suffix][seed]["curve"][low:high])]
                             for seed, r in runs[arm].items()]
                    cells += [pm([max(map(abs, d)) for d in apart]),
                              pm([statistics.fmean(d) for d in apart])]
            rows.append([init, f"`{arm.removesuffix(suffix)}`", pm(losses(arm).values()), *cells,
                         str(len(runs[arm]))])
    return markdown(["initial weights", "arm", "loss", "against `adamw` ± SE", "it is",
                     "largest difference, steps 1 to 50", "mean difference",
                     "largest, steps 51 to 500", "mean difference", "seeds"], rows)


def lr_figure(path, table, arms):
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
    figures.write(path, panels)


def crossing_table(records, arms):
    """C3: first step after which the run with warmup has the lower training loss for good."""
    curves = {(r["arm"], r["warmup"], r["lr"], r["seed"]): r["curve"] for r in records
              if r["val_loss"] is not None}
    table = by_arm(records)
    rows = []
    for arm in arms:
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


def damage_table(records, rate):
    """C21: final loss, dead units and stable rank after a first phase at a multiple of the rate."""
    runs = collections.defaultdict(dict)
    for r in records:
        runs[r["arm"], r["lr"] / rate][r["seed"]] = r
    rows = []
    for (arm, factor), seeds in runs.items():
        losses = {seed: loss_of(r) for seed, r in seeds.items()}
        base = {seed: loss_of(r) for seed, r in runs[arm, 1].items()}
        change = ["", ""] if factor == 1 else gap_cells(losses, base)[:2]
        rows.append([f"`{arm}`", f"{factor:g}", pm(losses.values()), *change,
                     pm_short([100 * r.get("dead_relu", 0) for r in seeds.values()]) + " %",
                     pm_short([r["stable_rank"] for r in seeds.values()]), str(len(seeds))])
    return markdown(["arm", "factor", "loss", "against factor 1 ± SE", "it is", "dead units",
                     "stable rank", "seeds"], rows)
