#!/usr/bin/env python3
"""Tables and figures of docs/findings.md, from the records under docs/results/ alone; seconds.

    studies/report.py            prints the tables, writes docs/figures/*.svg
    studies/report.py --update   puts each table between its markers in docs/findings.md as well
"""
import argparse
import re

import classifier_tables
import early_damage
import gap_tables as gaps
import momentum_parts
import peer_tables
import size_tables as sizes
from trials import ROOT, load

FINDINGS = ROOT / "docs" / "findings.md"
FIGURES = ROOT / "docs" / "figures"


def gap_study():
    records = load("warmup_gap")
    table = gaps.by_arm(records)
    yield "warmup_gap", gaps.warmup_table(table)
    yield "same_rate", gaps.same_rate_table(table)
    yield "crossing", gaps.crossing_table(records, ["adamw", "lion_a", "lion_ar"])
    yield "share_closed", gaps.share_table(
        table, "adamw", "20%",
        [("adamw_m_uncorrected", "0"), ("adamw_m_uncorrected", "20%"), ("adamw_radam", "0"),
         ("adamw_gi", "0"), ("adamw_untuned_linear", "40"),
         ("adamw_batch_warmup", "0")])
    gaps.lr_figure(FIGURES / "loss_against_lr.svg", table,
                   ["adamw", "lion_a", "lion_ar", "lion_ar_high_momentum"])


def long_rows_study():
    table = gaps.by_arm(load("long_rows"))
    yield "long_rows", gaps.warmup_table(table)
    yield "long_rows_same_rate", gaps.same_rate_table(table)
    yield "against", gaps.against_table(table, [
        ("lion_ar", "adamw"), ("lion_ar", "lion_a"), ("lion_ar_rrc", "lion_ar"),
        ("lion_ar_no_momentum", "lion_ar"), ("lion_ar_high_momentum", "lion_ar"),
        ("lion_a_high_momentum", "lion_a")])
    gaps.lr_figure(FIGURES / "long_rows.svg", table,
                   [arm for arm in ("adamw", "lion_a", "lion_ar", "lion_ar_rrc") if arm in table])


def size_study():
    records = load("update_sizes")
    yield "spike", sizes.spike_table(records)
    yield "angle", sizes.angle_table(records)
    yield "factor", sizes.factor_table(records)
    yield "momentum", sizes.momentum_table(records)
    yield "signal", sizes.signal_table(records)
    yield "rrc", sizes.rrc_table(records)
    sizes.size_figure(FIGURES / "update_sizes.svg", records,
                      ["update_l2.no_decay", "angular_update", "snr", "rrc.probe"],
                      ["adamw", "lion_a", "lion_ar"])


def momentum_study():
    table = gaps.by_arm(load("momentum_parts")
                        + [r for r in load("long_rows") if r["arm"] in momentum_parts.IN_LONG_ROWS])
    arms = {arm: (f"{beta:g}", "on" if nesterov == "true" else "off",
                  "on" if inverse == "linear" else "off")
            for arm, (beta, nesterov, inverse) in momentum_parts.ARMS.items()}
    if not all({"0", "5%"} <= table.get(arm, {}).keys() for arm in arms):
        return  # begun, but not whole
    yield "momentum_parts", gaps.parts_table(table, arms, "lion_ar")
    yield "momentum_effects", gaps.effects_table(table, arms)


def tables():
    yield from gap_study()
    if load("long_rows"):
        yield from long_rows_study()
    if load("update_sizes"):
        yield from size_study()
    if load("momentum_parts"):
        yield from momentum_study()
    if load("angle_replay"):
        yield "angle_replay", gaps.replay_table(load("angle_replay"),
                                                {"": "0.02", "_long_rows": "0.1"})
    yield "batch_size", gaps.warmup_table(gaps.by_arm(load("batch_size")))
    if load("early_damage"):
        yield "early_damage", gaps.damage_table(load("early_damage"), early_damage.RATE)
    if load("early_damage_classifier"):
        yield ("early_damage_classifier",
               classifier_tables.damage_table(load("early_damage_classifier")))
    if load("tune_vs_peers"):
        yield "tune_vs_peers", peer_tables.peer_table(load("tune_vs_peers"))


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
