"""Table of damage by a first phase in a classifier, from the records of early_damage_classifier.py."""
import collections

from markdown import gap_cells, markdown, pm_short


def damage_table(records):
    """C21: final accuracy (percent), dead units and stable rank after a first phase at a multiple of
    the rate."""
    runs = collections.defaultdict(dict)
    for r in records:
        arm, factor = r["arm"].rsplit(" x ", 1)
        runs[arm, int(factor)][r["seed"]] = r
    order = list(dict.fromkeys(arm for arm, _ in runs))
    rows = []
    for arm, factor in sorted(runs, key=lambda place: (order.index(place[0]), place[1])):
        seeds = runs[arm, factor]
        if len(seeds) < 2:
            continue
        accuracy = {seed: 100 * r["accuracy_end"] for seed, r in seeds.items()}
        base = {seed: 100 * r["accuracy_end"] for seed, r in runs[arm, 1].items()}
        change = ["", ""] if factor == 1 else gap_cells(accuracy, base)[:2]

        def of(key, scale=1.0, seeds=seeds):
            return pm_short([scale * r[key] for r in seeds.values()])

        rows.append([f"`{arm}`", str(factor), of("accuracy_end", 100), *change,
                     of("train_accuracy_end", 100), of("dead_relu_phase", 100),
                     of("dead_relu_end", 100), of("stable_rank_phase"), of("stable_rank_end"),
                     str(len(seeds))])
    return markdown(["arm", "factor", "accuracy, %", "against factor 1 ± SE", "it is",
                     "of training examples", "dead units after the phase, %", "at the end",
                     "stable rank after the phase", "at the end", "seeds"], rows)
