"""Numbers and tables as the findings page writes them."""
from statistics_of import mean_sd, paired_gap, verdict


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def pm(values):
    mean, sd = mean_sd(list(values))
    return f"{mean:.3f} ± {sd:.3f}"


def pm_short(values):
    """For measures of any size: three digits of the mean, one of the deviation."""
    mean, sd = mean_sd(list(values))
    return f"{mean:.3g} ± {sd:.0f}" if sd >= 9.5 else f"{mean:.3g} ± {sd:.1g}"


def gap_cells(first, second):
    """Gap with its standard error, what the rule says of it, and the number of seeds."""
    gap, error, n = paired_gap(first, second)
    return [f"{gap:+.3f} ± {error:.3f}", verdict(gap, error, n), str(n)]


def lr_text(lr, rates):
    edge = " (edge)" if lr in (min(rates), max(rates)) else ""
    return f"{lr:g}{edge}"
