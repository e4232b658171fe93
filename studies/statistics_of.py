"""The few statistics the studies use, each with its definition.

A diverged run counts as worse than every finite one: where a mean needs it as a number, it enters
as DIVERGED, the loss of guessing bytes uniformly.
"""
import math
import statistics

DIVERGED = math.log(256)  # nats a byte


def loss_of(record):
    return DIVERGED if record["val_loss"] is None else record["val_loss"]


def mean_sd(values):
    """Mean and sample standard deviation (0 for one value)."""
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def paired_gap(first, second):
    """Mean of first - second over seeds that both have, and its standard error."""
    seeds = sorted(first.keys() & second.keys())
    differences = [first[seed] - second[seed] for seed in seeds]
    mean, sd = mean_sd(differences)
    return mean, sd / math.sqrt(len(differences)), len(differences)


# Two-sided 95 % points of Student's t for 1 to 10 degrees of freedom (tables).
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]


def verdict(mean, error, n):
    """The rule of the findings page: a difference counts when it exceeds two standard errors; it is
    called significant when a paired t test at 5 % agrees, which with three seeds asks for 4.3."""
    if n < 2:
        return "one seed"
    if abs(mean) <= 2 * error:
        return "tied"
    significant = abs(mean) > T95[min(n - 2, len(T95) - 1)] * error
    return ("higher" if mean > 0 else "lower") + (" (t test: p < 0.05)" if significant else "")
