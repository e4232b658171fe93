"""Runs of `coldstart train` for a study: in parallel, resumable, each kept as one JSON line.

A trial is a name for its arm, a learning rate, a warmup, a seed and the flags that these mean. The
record of a finished trial goes to RESULTS (docs/results/<study>.jsonl); a trial whose record is
there already is not run again, so a study can be stopped at any time and continued. Diverged runs
are results. Run directories live in a temporary folder and are deleted after they have been read.
"""
import argparse
import concurrent.futures
import gzip
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results"

# The smallest GPT that shows the effects: 2 layers of width 64 on the bytes of the C++ headers,
# 500 steps of 32 sequences of 32 bytes (512 000 bytes in all). About 5 s of one core a run.
SMALL_GPT = {"layers": 2, "width": 64, "heads": 4, "context": 32, "data.path": "builtin:headers",
             "batch_tokens": 1024, "steps": 500, "eval_every": 0, "eval_tokens": 65536,
             "checkpoint_every": 0, "keep_best": 0, "threads": 1}

# Weights of LionAR keep their first row norms, and GPT-2's 0.02 is made for a width of 768: at width
# 64 rows are 3.5 times shorter, which bounds the logits of a tied head. See long_rows.py.
LONG_ROWS = {"init_std": 0.1}

HIGH_MOMENTUM = {"beta": 0.98, "nesterov": "true", "inverse_bias_correction": "linear"}


def powers(first, count):
    return [first * 2**i for i in range(count)]


def key(trial):
    return json.dumps([trial["arm"], trial["lr"], trial["warmup"], trial["seed"]])


def results_file(study):
    return RESULTS / f"{study}.jsonl.gz"


def load(study):
    path = results_file(study)
    if not path.exists():
        return []
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def read_records(directory):
    with open(directory / "metrics.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def train(program, flags):
    """One run; its directory is flags["out"]. A wrong command ends the study."""
    command = [str(program), "train", flags.get("preset", "tiny"), "--quiet"]
    for name, value in flags.items():
        if name != "preset":
            command += [f"--{name}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 2 or not (flags["out"] / "status.json").exists():
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


RECORDED = {"folder": None, "runs": {}, "lock": threading.Lock()}


def recorded_run(program, settings):
    """The directory of a run whose records others replay; each is made once a study."""
    with RECORDED["lock"]:
        name = json.dumps(settings, sort_keys=True, default=str)
        if name not in RECORDED["runs"]:
            RECORDED["folder"] = RECORDED["folder"] or tempfile.TemporaryDirectory(
                prefix="coldstart-study-recorded-")
            out = pathlib.Path(RECORDED["folder"].name) / str(len(RECORDED["runs"]))
            train(program, settings | {"out": out})
            RECORDED["runs"][name] = out
        return RECORDED["runs"][name]


def run_trial(program, trial, digest):
    """One trial. digest(records) says what else than the final losses is worth keeping.

    A trial with a `phase` trains with those flags first, at its `lr`, and branches from there at
    its `rate`. One with a `recorded` trains with those first and replays the angles of that run."""
    with tempfile.TemporaryDirectory(prefix="coldstart-study-") as folder:
        out = pathlib.Path(folder) / "run"
        flags = trial["flags"] | {"lr": trial["lr"], "warmup": trial["warmup"],
                                  "seed": trial["seed"], "out": out}
        start = time.monotonic()
        if "phase" in trial:
            first = pathlib.Path(folder) / "phase"
            train(program, flags | trial["phase"] | {"out": first})
            flags |= {"branch-from": first, "lr": trial["rate"]}
        if "recorded" in trial:
            settings = trial["recorded"] | {k: flags[k] for k in ("lr", "warmup", "seed")}
            flags |= {"rotation_replay": recorded_run(program, settings)}
        train(program, flags)
        records = read_records(out)
        record = {k: trial[k] for k in ("arm", "lr", "warmup", "seed")}
        record["outcome"] = json.loads((out / "status.json").read_text())["state"]
        if record["outcome"] not in ("finished", "diverged"):
            sys.exit(f"the run was {record['outcome']}; start the study again")
        last = [r for r in records if r["type"] == "eval"][-1]
        steps = [r for r in records if r["type"] == "train"]
        record["steps"] = steps[-1]["step"] if steps else 0
        record["val_loss"] = last["val_loss"] if record["outcome"] == "finished" else None
        record["seconds"] = round(time.monotonic() - start, 2)
        record |= digest(records)
        return record


def loss_curve(records, every=10):
    """Mean training loss of every `every` steps."""
    losses = [r["loss"] for r in records if r["type"] == "train"]
    return [round(sum(losses[i:i + every]) / len(losses[i:i + every]), 4)
            for i in range(0, len(losses), every)]


def run_study(study, trials, digest=lambda records: {"curve": loss_curve(records)}):
    """Command line of a study: runs what is missing, with a line a trial."""
    parser = argparse.ArgumentParser(description=study)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, one thread each")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "coldstart")
    parser.add_argument("--limit", type=int, default=0, help="stop after so many trials")
    parser.add_argument("--arms", nargs="*", default=[], help="these arms only")
    parser.add_argument("--warmups", nargs="*", default=[], help="these warmups only")
    o = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    done = {key(record) for record in load(study)}
    trials = [trial for trial in trials if (not o.arms or trial["arm"] in o.arms)
              and (not o.warmups or trial["warmup"] in o.warmups)]
    missing = [trial for trial in trials if key(trial) not in done]
    print(f"{study}: {len(trials)} trials, {len(trials) - len(missing)} done before", flush=True)
    if o.limit:
        missing = missing[:o.limit]
    lock = threading.Lock()
    finished = 0
    # A copy: a rebuild of the program must not change a study half-way.
    with tempfile.TemporaryDirectory(prefix="coldstart-study-bin-") as folder, \
            concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        program = pathlib.Path(folder) / "coldstart"
        shutil.copy2(o.program, program)
        start = time.monotonic()
        futures = [pool.submit(run_trial, program, trial, digest) for trial in missing]
        for future in concurrent.futures.as_completed(futures):
            record = future.result()
            with lock, gzip.open(results_file(study), "at") as out:
                out.write(json.dumps(record) + "\n")
            finished += 1
            left = (time.monotonic() - start) / finished * (len(missing) - finished)
            loss = "diverged" if record["val_loss"] is None else f"{record['val_loss']:.4f}"
            print(f"{finished}/{len(missing)} {record['arm']} lr {record['lr']:g} warmup "
                  f"{record['warmup']} seed {record['seed']}: {loss}; {left / 60:.0f} min left",
                  flush=True)
