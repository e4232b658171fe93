#!/usr/bin/env python3
"""How well `coldstart steps predict` foresees public loss curves, size by size.

  studies/planner_public_curves.py --curves DIR [--program build/coldstart]

DIR holds a folder a model size with the nine curves of thu-yao-01-luo/MultiPowerLaw (MIT licence,
loss_curve_repo/csv_25, csv_100, csv_400): cosine_24000.csv, cosine_72000.csv, constant_24000.csv,
constant_72000.csv, wsd_20000_24000.csv, wsdld_20000_24000.csv, wsdcon_3.csv, wsdcon_9.csv,
wsdcon_18.csv. Every prediction uses runs of at most 24,000 steps and asks for the run of 72,000; the
file of the long run gives its learning rates, and its last three losses are what is compared.
"""
import argparse
import csv
import json
import pathlib
import subprocess

WARMUP = 2160  # steps, which the files do not show
DESIGNS = {
    "trunk + 2 cooldowns": ["constant_24000", "wsdcon_9", "wsd_20000_24000"],
    "trunk + 2 cooldowns (other ones)": ["constant_24000", "wsdcon_18", "wsdld_20000_24000"],
    "trunk + 1 cooldown": ["constant_24000", "wsd_20000_24000"],
    "trunk + cosine": ["constant_24000", "cosine_24000"],
    "one cosine": ["cosine_24000"],
    "one WSD": ["wsd_20000_24000"],
    "one constant": ["constant_24000"],
}
TARGETS = ["cosine_72000", "constant_72000"]


def final_loss(path):
    with open(path, newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    return sum(losses[-3:]) / 3


def predict(program, folder, runs, target):
    """The verdict as JSON, with the range also beyond the reach of the design."""
    command = [program, "steps", "predict", *(str(folder / f"{run}.csv") for run in runs),
               "--csv-warmup", str(WARMUP), "--like", str(folder / f"{target}.csv"),
               "--beyond-reach", "--epochs", "1", "--json"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}\n{result.stderr}")
    return json.loads(result.stdout)


def cell(verdict, measured):
    if verdict["label"] == "REFUSED":
        return "refused"
    low, middle, high = verdict["evidence"][0]["value"]
    inside = "in" if low <= measured <= high else "OUT"
    percent = [100 * (value / measured - 1) for value in (low, middle, high)]
    return f"{percent[1]:+.2f} [{percent[0]:+.2f}, {percent[2]:+.2f}] {inside}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curves", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="build/coldstart")
    arguments = parser.parse_args()
    sizes = sorted((path for path in arguments.curves.iterdir()
                    if (path / "cosine_72000.csv").exists()),
                   key=lambda path: int(path.name.rstrip("M")))
    for target in TARGETS:
        print(f"\n{target}: error of the prediction in %, its range, whether it holds the truth\n")
        print("| runs of at most 24,000 steps | design | " +
              " | ".join(size.name for size in sizes) + " |")
        print("|---" * (2 + len(sizes)) + "|")
        for name, runs in DESIGNS.items():
            verdicts = [predict(arguments.program, size, runs, target) for size in sizes]
            design = "/".join(sorted({v["label"] for v in verdicts} - {"REFUSED"})) or "refused"
            cells = [cell(v, final_loss(size / f"{target}.csv"))
                     for v, size in zip(verdicts, sizes)]
            print(f"| {name} | {design} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
