#!/usr/bin/env python3
"""Is the autopilot worth it? `coldstart tune` against four ways to spend the same compute.

Every arm trains the same model with the same batch on the same text, for the same number of tokens
in all. A twentieth of the text, in random blocks, is kept back from all of them, the autopilot
included, and every arm's final model is scored on it: no choice has seen it.

    tune     coldstart tune
    default  one run: AdamW 6e-4, 5 % warmup, cosine, GPT-2's initialisation
    start    one run with what tune begins at, no choice made: how much of its gain is the choices'?
    random   random search: RUNS runs of a RUNS-th of the tokens each
    halving  successive halving on raw curves: 8 configurations, the better half goes on three times
random and halving draw optimizer and rate from what tune may choose from, without warmup.

    studies/tune_vs_peers.py plays.txt builtin:headers python.txt      then      studies/report.py --update
Cost: about a minute of two cores for each arm, text and seed; records, one a line:
docs/results/tune_vs_peers.jsonl.gz.
"""
import argparse
import gzip
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from trials import RESULTS, ROOT, load, results_file

STUDY = "tune_vs_peers"
BATCH = 1024
MODEL = """[model]
layers = 2
width = 64
heads = 4
context = 64
init_std = 0.1

[train]
batch_tokens = 1024
"""
# Optimizers that tune tries, and rates around those that it begins at.
SPACE = {"lion_ar": (0.0025, 0.64), "muon": (0.002, 0.2)}
START = {"optimizer.name": "muon", "lr": 0.02}
COOLDOWN = 0.4
RUNS = 4      # of random search
CONFIGS = 8   # of successive halving; 8, 4, 2, 1
EVAL_TOKENS = 16384


def run(program, *arguments):
    done = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    if done.returncode not in (0, 5):
        sys.exit(f"{' '.join(map(str, arguments))}\nexit status {done.returncode}\n{done.stderr}")
    return done.stdout


def tokens_of(shard):
    """The bytes of a shard of bytes (docs/formats.md)."""
    return shard.read_bytes()[64:]


class Place:
    """One text and seed: the prepared data, and what each arm needs to train on it."""

    def __init__(self, program, folder, text, tokens, seed, threads):
        self.program, self.folder = program, pathlib.Path(folder)
        self.exam, self.text = self.folder / "exam", self.folder / "text.txt"
        run(program, "data", "prepare", text, "--out", self.exam, "--seed", 77)
        self.text.write_bytes(tokens_of(self.exam / "train.bin"))
        self.tokens, self.seed, self.threads = tokens, seed, threads
        self.steps = tokens // BATCH
        self.model = self.folder / "model.toml"
        self.model.write_text(MODEL)
        # The others train and choose on the parts that tune makes of the text.
        run(program, "tune", self.text, "--budget", f"{60 * BATCH}tok", "--model", self.model, "--out",
            self.folder / "parts", "--quiet")
        self.data = self.folder / "parts" / "data" / "text"

    def train(self, name, steps, flags, branch=None):
        """A run; its directory, or None where it diverged."""
        out = self.folder / name
        every = max(1, steps // 20)
        command = ["train", self.model, "--data.path", self.data, "--steps", steps, "--train.seed",
                   self.seed, "--threads", self.threads, "--eval_every", every, "--eval_tokens",
                   EVAL_TOKENS, "--checkpoint_every", 0, "--quiet", "--out", out]
        if branch:
            command += ["--branch-from", branch]
        for key, value in flags.items():
            command += [f"--{key}", value]
        run(self.program, *command)
        state = json.loads((out / "status.json").read_text())["state"]
        return out if state == "finished" else None

    @staticmethod
    def losses(out):
        with open(out / "metrics.jsonl", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        return [r["val_loss"] for r in records if r["type"] == "eval"]

    def score(self, checkpoint, which="best"):
        return json.loads(run(self.program, "eval", checkpoint, "--checkpoint", which, "--data",
                              self.exam, "--json"))["val_loss"]


def tune(place):
    out = place.folder / "tune"
    lines = run(place.program, "tune", place.text, "--budget", f"{place.tokens}tok", "--model",
                place.model, "--seed", place.seed, "--threads", place.threads, "--out", out, "--json")
    records = [json.loads(line) for line in lines.splitlines()]
    answers = {r["name"]: r["answer"] for r in records if r["type"] == "decision"}
    return {"test_loss": place.score(out / "model", "last"), "tokens": records[-1]["tokens"],
            "detail": {name: answers[name] for name in ("optimizer", "rate", "bridge", "production")
                       if name in answers}}


def default(place):
    out = place.train("default", place.steps,
                      {"optimizer.name": "adamw", "lr": 6e-4, "warmup": "5%", "shape": "cosine",
                       "init_std": 0.02})
    return {"test_loss": place.score(out) if out else None, "tokens": place.steps * BATCH,
            "detail": {}}


def start(place):
    out = place.train("start", place.steps,
                      START | {"shape": "trapezoid", "cooldown": COOLDOWN})
    return {"test_loss": place.score(out) if out else None, "tokens": place.steps * BATCH,
            "detail": START}


def draw(numbers):
    optimizer = numbers.choice(sorted(SPACE))
    low, high = SPACE[optimizer]
    return {"optimizer.name": optimizer,
            "lr": f"{math.exp(numbers.uniform(math.log(low), math.log(high))):.4g}"}


def random_search(place):
    numbers = random.Random(place.seed)
    steps = place.steps // RUNS
    best = None
    for index in range(RUNS):
        flags = draw(numbers)
        out = place.train(f"random-{index}", steps,
                          flags | {"shape": "trapezoid", "cooldown": COOLDOWN})
        if out and (best is None or min(place.losses(out)) < best[0]):
            best = (min(place.losses(out)), out, flags)
    return {"test_loss": place.score(best[1]) if best else None, "tokens": RUNS * steps * BATCH,
            "detail": best[2] if best else {}}


def halving(place):
    """Rungs at 1, 2 and 4 eighths of the final length L, all at constant rate; then the last one
    goes on and cools down. Steps: 8 L/8 + 4 L/8 + 2 L/4 + L/2 = 2.5 L."""
    numbers = random.Random(1000 + place.seed)
    length = int(place.steps / 2.5)
    alive = [(draw(numbers), None) for _ in range(CONFIGS)]
    spent, before = 0, 0
    for rung in (length // 8, length // 4, length // 2):
        scored = []
        for index, (flags, trunk) in enumerate(alive):
            out = place.train(f"halving-{rung}-{index}", rung, flags | {"shape": "constant"}, trunk)
            spent += rung - before
            if out:
                scored.append((place.losses(out)[-1], index, flags, out))
        scored.sort()
        alive = [(flags, out) for _, _, flags, out in scored[:max(1, len(alive) // 2)]]
        before = rung
    if not alive:
        return {"test_loss": None, "tokens": spent * BATCH, "detail": {}}
    flags, trunk = alive[0]
    spent += length - before
    out = place.train("halving", length, flags | {"shape": "trapezoid", "cooldown": COOLDOWN}, trunk)
    return {"test_loss": place.score(out) if out else None, "tokens": spent * BATCH, "detail": flags}


ARMS = {"tune": tune, "default": default, "start": start, "random": random_search, "halving": halving}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("texts", nargs="+", help="text files, or builtin:headers")
    parser.add_argument("--tokens", type=int, default=2_000_000, help="of each arm, in all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "coldstart")
    parser.add_argument("--records", type=pathlib.Path, default=None,
                        help="another file than docs/results/tune_vs_peers.jsonl.gz, for trying out")
    o = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    records = o.records or results_file(STUDY)
    known = load(STUDY) if o.records is None else []
    done = {(r["text"], r["seed"], r["arm"]) for r in known}
    for text in o.texts:
        name = pathlib.Path(text).stem
        for seed in range(1, o.seeds + 1):
            if all((name, seed, arm) in done for arm in ARMS):
                continue
            with tempfile.TemporaryDirectory(prefix="coldstart-peers-") as folder:
                place = Place(o.program, folder, text, o.tokens, seed, o.threads)
                for arm, train in ARMS.items():
                    if (name, seed, arm) in done:
                        continue
                    start = time.monotonic()
                    record = {"text": name, "seed": seed, "arm": arm} | train(place)
                    record["seconds"] = round(time.monotonic() - start, 1)
                    with gzip.open(records, "at") as out:
                        out.write(json.dumps(record) + "\n")
                    loss = record["test_loss"]
                    print(f"{name} seed {seed} {arm}: "
                          f"{'diverged' if loss is None else f'{loss:.4f}'}, "
                          f"{record['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
