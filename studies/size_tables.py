"""Tables about sizes of updates, from the records of update_sizes.py."""
import collections
import math
import statistics

import figures
from markdown import markdown, pm_short
from statistics_of import mean_sd
from update_sizes import ARMS, BATCH, WINDOWS

LATE = (151, 250)  # the end of the plateau of the learning rate
EARLY = (2, 10)


def arms_of(records):
    """(arm, warmup) -> records of its seeds"""
    arms = collections.defaultdict(list)
    for r in records:
        arms[r["arm"], r["warmup"]].append(r)
    return arms


def name(arm, warmup):
    return f"`{arm}`" + ("" if warmup == "0" else f", {warmup} warmup")


def matrices(record, measure, window):
    """Means over the window, one for every matrix that has the measure."""
    at = WINDOWS.index(window)
    means = [trace[at] for trace in record["windows"][measure].values()]
    return [v for v in means if v is not None]


def median_of(record, measure, window):
    return statistics.median(matrices(record, measure, window))


def trace_mean(record, measure, low, high):
    return statistics.fmean(v for step, v in record["traces"][measure]
                            if low <= step <= high and v is not None)


def spike_table(records):
    """C4, C6: first update over the mean one of the plateau, all parameters, without decay."""
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        # With warmup the rate of the first steps is smaller; what remains is the largest update.
        first = [r["traces"]["update_l2.no_decay"][0][1] for r in runs]
        top = [max(v for _, v in r["traces"]["update_l2.no_decay"]) for r in runs]
        late = [trace_mean(r, "update_l2.no_decay", *LATE) for r in runs]
        rows.append([name(arm, warmup), pm_short(first), pm_short(top), pm_short(late),
                     pm_short([a / b for a, b in zip(first, late)]),
                     pm_short([a / b for a, b in zip(top, late)])])
    return markdown(["arm", "step 1", "largest", "steps 151 to 250", "step 1 / late",
                     "largest / late"], rows)


def angle_table(records):
    """C7, C8: angles of the matrices early and late, and against the equilibrium angle."""
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        early = [median_of(r, "angular_update", EARLY) for r in runs]
        late = [median_of(r, "angular_update", LATE) for r in runs]
        ratios = [[a / b for a, b in zip(matrices(r, "angular_update", EARLY),
                                         matrices(r, "angular_update", LATE))] for r in runs]
        rows.append([name(arm, warmup), pm_short(early), pm_short(late),
                     pm_short([a / b for a, b in zip(early, late)]),
                     f"{min(map(min, ratios)):.2f} to {max(map(max, ratios)):.2f}",
                     pm_short([median_of(r, "equilibrium.ratio", EARLY) for r in runs]),
                     pm_short([median_of(r, "equilibrium.ratio", LATE) for r in runs])])
    return markdown(["arm", "steps 2 to 10, rad", "steps 151 to 250, rad", "ratio",
                     "ratio, all matrices and seeds", "over equilibrium, early", "late"], rows)


def factor(record, window):
    """s_t of LionAR without warmup, mean over matrices: measured angle over the rule's. On the
    plateau the rule's is constant, so the mean over a window stands for its steps."""
    rule = math.sqrt((1 - 0.9) / (1 + 0.9)) * math.sqrt(2 * ARMS[record["arm"]][1] * 0.1)
    return statistics.fmean(math.tan(a) / rule for a in matrices(record, "angular_update", window))


def factor_table(records):
    """C10: the factor of RRC control as it acted."""
    windows = [w for w in WINDOWS if w[1] <= 250]
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        if arm.startswith("lion_ar") and warmup == "0":
            rows.append([f"`{arm}`", *(pm_short([factor(r, w) for r in runs]) for w in windows)])
    return markdown(["arm", *(f"{a} to {b}" if a < b else f"step {a}" for a, b in windows)], rows)


def momentum_table(records):
    """C14, C15: gradient against momentum, matrices, after the first tenth of the run."""
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        late = [w for w in WINDOWS if w[0] > 50]
        mean = lambda r, measure: statistics.fmean(
            statistics.fmean(matrices(r, measure, w)) for w in late)
        shares = [list(r["negative_cosine"].values()) for r in runs]
        rows.append([name(arm, warmup),
                     pm_short([statistics.fmean(matrices(r, "grad_momentum_cosine", EARLY))
                               for r in runs]),
                     pm_short([mean(r, "grad_momentum_cosine") for r in runs]),
                     pm_short([100 * statistics.fmean(s) for s in shares]) + " %",
                     f"{100 * min(map(min, shares)):.0f} %",
                     pm_short([mean(r, "momentum_cancellation") for r in runs])])
    return markdown(["arm", "cosine, steps 2 to 10", "cosine, steps 51 to 500", "share negative",
                     "least of any matrix", "cancellation, steps 51 to 500"], rows)


def signal_table(records):
    """C16: phi of the matrices over the run, and the critical batch size 1/phi."""
    shown = [(1, 1), (2, 10), (26, 50), (101, 150), (151, 250), (376, 500)]
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        cells = [pm_short([median_of(r, "snr", w) for r in runs]) for w in shown]
        early, late = (statistics.fmean(median_of(r, "snr", w) for r in runs)
                       for w in (EARLY, LATE))
        above = [v * BATCH > 1 for r in runs for w in WINDOWS for v in matrices(r, "snr", w)]
        rows.append([name(arm, warmup), *cells, f"{early / late:.1f}",
                     f"{1 / early:.0f} and {1 / late:.0f}",
                     f"{100 * statistics.fmean(above):.0f} %"])
    return markdown(["arm", *(f"{a} to {b}" if a < b else f"step {a}" for a, b in shown),
                     "2 to 10 / 151 to 250", "critical batch, 2 to 10 and 151 to 250",
                     f"phi B > 1, B = {BATCH}"], rows)


def correlation(xs, ys):
    return statistics.correlation(xs, ys) if len(xs) > 1 else float("nan")


def rrc_table(records):
    """C18: change of outputs at matched angle. The law sqrt(phi + 1/B) is held against RRC / angle
    over windows and hidden matrices: slope and correlation of the logarithms."""
    rows = []
    for (arm, warmup), runs in arms_of(records).items():
        mean = lambda r, measure, w: median_of(r, measure, w)
        ratio = lambda r, w: mean(r, "rrc.probe", w) / mean(r, "angular_update", w)
        align = lambda r, w: (mean(r, "rrc.update_alignment_probe", w)
                              / mean(r, "rrc.weight_alignment_probe", w))
        slopes, fits = [], []
        for r in runs:
            xs, ys = law_points(r)
            slope, _ = statistics.linear_regression(xs, ys)
            slopes.append(slope)
            fits.append(correlation(xs, ys))
        rows.append([name(arm, warmup), *(pm_short([ratio(r, w) for r in runs]) for w in (EARLY, LATE)),
                     *(pm_short([align(r, w) for r in runs]) for w in (EARLY, LATE)),
                     pm_short(slopes), pm_short(fits)])
    return markdown(["arm", "RRC / angle, steps 2 to 10", "151 to 250", "alignment ratio, 2 to 10",
                     "151 to 250", "slope of the law (1 expected)", "correlation"], rows)


def law_points(record):
    """Logarithms of sqrt(phi + 1/B) and of RRC / angle, hidden matrices, plateau of the rate."""
    xs, ys = [], []
    for place in record["windows"]["rrc.probe"]:
        if place.endswith("embedding.weight"):
            continue
        for i, window in enumerate(WINDOWS):
            rrc, angle, phi = (record["windows"][m][place][i]
                               for m in ("rrc.probe", "angular_update", "snr"))
            if window[1] <= 250 and rrc and angle and phi is not None:
                xs.append(0.5 * math.log(phi + 1 / BATCH))
                ys.append(math.log(rrc / angle))
    return xs, ys


def mean_traces(records, measure):
    """(arm, warmup) -> [(step, mean over seeds, sd)]"""
    collected = collections.defaultdict(lambda: collections.defaultdict(list))
    for r in records:
        for step, value in r["traces"].get(measure, []):
            if value is not None:
                collected[(r["arm"], r["warmup"])][step].append(value)
    return {arm: [(step, *mean_sd(values)) for step, values in sorted(steps.items())]
            for arm, steps in collected.items()}


def size_figure(path, records, measures, arms):
    panels = []
    for measure in measures:
        traces = mean_traces(records, measure)
        lines = [(f"{arm}{', warmup' if w != '0' else ''}", [p for p in traces[(arm, w)] if p[1] > 0])
                 for arm in arms for w in ("0", "5%") if (arm, w) in traces]
        # The last steps of the cooldown go to zero.
        seen = [p[1] for _, points in lines for p in points if p[0] <= 450]
        panels.append(figures.panel(measure, "step", measure, lines, log_x=True, log_y=True,
                                    y_range=(min(seen), max(seen))))
    figures.write(path, panels)
