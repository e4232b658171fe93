#!/usr/bin/env python3
"""Does `coldstart steps predict` foresee our own runs at 2x and 3x? Predicted first, trained afterwards.

Sixteen GPT runs (2 layers, width 64, 32 bytes of context, 1024 tokens a step, T steps): four kinds of
data (endless; a corpus seen once; one seen several times; one small enough to be memorised) x two
optimizers x two schedules of the long run. The design: a trunk at constant rate for T steps, and two
cooldowns that branch from it and end by T. From these three the loss after 2T and 3T steps of a cosine
or of a trapezoid is predicted; the record of the prediction is written before the long run is trained.

Cost: 32 long runs, about 15 ms a step of one core, 35 minutes in all at T = 1000. Records:
docs/results/planner_own_runs.jsonl.gz, and the curves of the designs in planner_own_designs.jsonl.gz
beside it. When the predictor has changed, `--again` predicts the recorded long runs anew from these
curves; such a record says that it was made after the training.

    studies/planner_own_runs.py [--program build/coldstart] [--steps 1000]
    studies/planner_own_runs.py --again       new predictions of what has been measured
    studies/planner_own_runs.py --table       the table of docs/planner_accuracy.md
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results" / "planner_own_runs.jsonl.gz"
DESIGNS = ROOT / "docs" / "results" / "planner_own_designs.jsonl.gz"

BATCH = 1024
VAL_BYTES = 100_000
SIZE = {"layers": 2, "width": 64, "heads": 4, "context": 32, "init_std": 0.1,
        "batch_tokens": BATCH, "threads": 1, "eval_tokens": 16384, "checkpoint_every": 0,
        "keep_best": 0, "measure": "none"}
OPTIMIZERS = {"adamw": {"optimizer.name": "adamw", "lr": 4e-3, "schedule.warmup": "20"},
              "lion_ar": {"optimizer.name": "lion_ar", "lr": 0.032, "schedule.warmup": "0"}}
# Bytes of text for a run of T steps, as a multiple of T * BATCH; None: builtin, far more than needed.
DATA = {"endless": ("builtin:stories", None), "seen once": ("builtin:headers", None),
        "several epochs": ("builtin:headers", 0.5), "memorised": ("builtin:headers", 0.05)}
SCHEDULES = {"cosine": {"schedule.shape": "cosine", "schedule.final_ratio": 0.1},
             "trapezoid": {"schedule.shape": "trapezoid", "schedule.cooldown": 0.2,
                           "schedule.final_ratio": 0}}
FACTORS = (2, 3)


def run(command, accepted=(0,)):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode not in accepted:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}{done.stdout}")
    return done.stdout


def flags(settings):
    return [word for name, value in settings.items() for word in (f"--{name}", value)]


def train(program, out, settings):
    run([program, "train", "tiny", "--quiet", "--out", out, *flags(settings)], accepted=(0, 5))
    return out


def final_loss(out):
    with open(out / "metrics.jsonl", encoding="utf-8") as lines:
        evaluations = [r["val_loss"] for r in map(json.loads, lines) if r["type"] == "eval"]
    return evaluations[-1] if json.loads((out / "status.json").read_text())["state"] == "finished" \
        else None


def curve(out):
    """Rows of step, learning rate, validation loss and training loss of a run's evaluations."""
    with open(out / "metrics.jsonl", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    rates = {r["step"]: r["lr"] for r in records if r["type"] == "train"}
    # A branch is evaluated at its first step, before it has trained one of its own.
    return [[r["step"], rates.get(r["step"], rates.get(r["step"] + 1)), r["val_loss"],
             r["train_loss"]] for r in records if r["type"] == "eval" and r["step"] > 0]


def training_bytes(folder):
    """The text of train.bin of a dataset of bytes (docs/formats.md: tokens begin at byte 64)."""
    return (folder / "train.bin").read_bytes()[64:]


def prepare(program, source, out, *options):
    if not out.exists():
        run([program, "data", "prepare", source, "--out", out, *options])
    return out


def dataset(program, place, name, steps):
    """The prepared data of a case, and the bytes it trains on."""
    source, share = DATA[name]
    if source == "builtin:stories":
        whole = prepare(program, source, place / "stories", "--stories-bytes", 4 * steps * BATCH)
    else:
        whole = prepare(program, source, place / "headers")
    if share is None:
        return whole, len(training_bytes(whole))
    # The beginning of the whole, with as much validation text in every case.
    size = int(share * steps * BATCH) + VAL_BYTES
    text = place / f"first_{size}.txt"
    text.write_bytes(training_bytes(whole)[:size])
    folder = prepare(program, text, place / f"first_{size}", "--val-fraction",
                     f"{VAL_BYTES / size:.6f}")
    return folder, len(training_bytes(folder))


def design(program, place, settings, steps):
    """Trunk of T steps at constant rate, cooldowns from T/3 to T/2 and from 0.8 T to T."""
    middle, late = steps // 3, 4 * steps // 5
    trunk = train(program, place / "trunk", settings | {
        "steps": steps, "eval_every": steps // 50, "schedule.shape": "constant", "trunk_at": f"{middle},{late}"})
    runs = [trunk]
    for start, end in ((middle, steps // 2), (late, steps)):
        runs.append(train(program, place / f"cooldown_{start}", settings | {
            "branch-from": trunk / "checkpoints" / f"step_{start:08d}", "steps": end,
            "eval_every": max(1, (end - start) // 25),
            "schedule.shape": "trapezoid", "schedule.cooldown": (end - start) / end,
            "schedule.final_ratio": 0}))
    return runs


def predict(program, runs, optimizer, shape_name, steps, epochs, *options):
    """The verdict, as the program prints it."""
    rates = {k: v for k, v in OPTIMIZERS[optimizer].items() if k in ("lr", "schedule.warmup")}
    return json.loads(run(
        [program, "steps", "predict", *runs, "--at", steps, "--beyond-reach", "--epochs",
         max(1, epochs), "--json", *options, *flags(rates | SCHEDULES[shape_name])],
        accepted=(0, 3)))


def case(program, place, data, optimizer, steps, seed, done):
    """Yields a record with the prediction alone, then the same one with what was measured."""
    folder, unique = dataset(program, place, data, steps)
    settings = SIZE | OPTIMIZERS[optimizer] | {
        "data.path": folder, "seed": seed, "eval_every": steps // 4}
    work = pathlib.Path(tempfile.mkdtemp(prefix="own-run-", dir=place))
    runs = design(program, work, settings, steps)
    append(DESIGNS, {"data": data, "optimizer": optimizer, "seed": seed, "steps": steps,
                     "curves": {r.name: curve(r) for r in runs}})
    for shape_name, shape in SCHEDULES.items():
        for factor in FACTORS:
            if (data, optimizer, shape_name, seed, steps, factor) in done:
                continue
            epochs = factor * steps * BATCH / unique
            record = {"data": data, "optimizer": optimizer, "schedule": shape_name, "seed": seed,
                      "steps": steps, "at": factor, "epochs": epochs, "predicted": "before",
                      "last": [final_loss(r) for r in runs],
                      "verdict": predict(program, runs, optimizer, shape_name, factor * steps,
                                         epochs)}
            yield record | {"measured": None}
            out = train(program, work / f"{shape_name}_{factor}",
                        settings | shape | {"steps": factor * steps})
            yield record | {"measured": final_loss(out)}


def key(record):
    return tuple(record[k] for k in ("data", "optimizer", "schedule", "seed", "steps", "at"))


def append(path, record):
    with gzip.open(path, "at") as out:
        out.write(json.dumps(record) + "\n")


def records_of(path):
    if not path.exists():
        return []
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def load():
    """Records by their key; a later line of the same key, with the measured loss, wins."""
    return {key(record): record for record in records_of(RESULTS)}


def again(program):
    """Predicts every measured long run anew from the curves of its design."""
    designs = {(d["data"], d["optimizer"], d["seed"], d["steps"]): d["curves"]
               for d in records_of(DESIGNS)}
    for k, record in load().items():
        curves = designs.get(k[:2] + k[3:5])
        if record["measured"] is None or record.get("predicted") or curves is None:
            continue
        with tempfile.TemporaryDirectory(prefix="own-design-") as folder:
            runs = []
            for name, rows in curves.items():
                runs.append(pathlib.Path(folder) / f"{name}.csv")
                runs[-1].write_text("step,lr,val_loss,train_probe\n" + "".join(
                    ",".join(map(repr, row)) + "\n" for row in rows))
            warmup = OPTIMIZERS[record["optimizer"]]["schedule.warmup"]
            verdict = predict(program, runs, record["optimizer"], record["schedule"],
                              record["at"] * record["steps"], record["epochs"], "--csv-warmup",
                              warmup)
        append(RESULTS, record | {"verdict": verdict, "predicted": "after"})


def measure(o):
    done = {k for k, r in load().items() if r["measured"] is not None}
    with tempfile.TemporaryDirectory(prefix="own-runs-") as folder:
        for seed in o.seeds:
            for data in DATA:
                for optimizer in OPTIMIZERS:
                    if done >= {(data, optimizer, shape, seed, o.steps, factor)
                                for shape in SCHEDULES for factor in FACTORS}:
                        continue
                    for record in case(o.program, pathlib.Path(folder), data, optimizer, o.steps,
                                       seed, done):
                        append(RESULTS, record)
                        print(row(record), flush=True)


def row(record):
    verdict, measured = record["verdict"], record["measured"]
    cells = [record["data"], record["optimizer"], record["schedule"], str(record["seed"]),
             f"{record['at']}x",
             f"{record['epochs']:.1f}", record.get("predicted", "before"), verdict["label"]]
    values = [e["value"] for e in verdict.get("evidence", []) if isinstance(e["value"], list)]
    outcome = ""
    if verdict["label"] == "REFUSED" or not values:
        cells += ["", ""]
    else:
        low, middle, high = values[0]
        point = verdict["label"] != "POOR"
        cells += [f"{middle:.4f}" if point else "none", f"{low:.4f} to {high:.4f}"]
        if measured is not None:
            outcome = "hit" if low <= measured <= high else "miss"
            if point:
                outcome += f", {100 * (middle / measured - 1):+.2f} %"
    cells += ["" if measured is None else f"{measured:.4f}", outcome]
    return "| " + " | ".join(cells) + " |"


def table():
    print("| data | optimizer | long run | seed | at | epochs | predicted | design | point | range | "
          "measured | |")
    print("|---" * 12 + "|")
    for record in sorted(load().values(), key=lambda r: r["seed"]):
        if record["measured"] is not None:
            print(row(record))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "coldstart")
    parser.add_argument("--steps", type=int, default=1000, help="T, steps of the trunk")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--again", action="store_true",
                        help="predict what has been measured anew, and stop")
    parser.add_argument("--table", action="store_true", help="print the table and stop")
    o = parser.parse_args()
    if o.table:
        table()
    elif o.again:
        again(o.program)
    else:
        measure(o)


if __name__ == "__main__":
    main()
