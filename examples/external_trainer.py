#!/usr/bin/env python3
"""The smallest trainer that a study can run; the contract is docs/trainer_contract.md.

  command = ["python3", "examples/external_trainer.py", "--lr", "{lr}", "--steps", "{max_steps}",
             "--seed", "{seed_init}", "--out", "{trial_dir}", "--resume", "{resume_from}"]
"""
import argparse, json, math, os, pathlib, random, sys

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", type=pathlib.Path, required=True)
parser.add_argument("--resume", default="")
args = parser.parse_args()

log = open(args.out / "metrics.jsonl", "a", buffering=1)  # a line is written as a whole
checkpoint = args.out / "checkpoints" / "last"
first, weight = 0, 5.0
if args.resume:
    first, weight = json.loads(pathlib.Path(args.resume).read_text())
    log.write(json.dumps({"event": "resume", "from_step": first}) + "\n")
for step in range(first + 1, args.steps + 1):
    noise = random.Random(args.seed * 1_000_003 + step).gauss(0, 0.01)  # the same after a resume
    weight -= args.lr * (2 * weight + noise)  # gradient descent on weight^2
    if not math.isfinite(weight) or abs(weight) > 1e6:
        sys.exit(5)  # diverged: a result of these values
    if step % 10 == 0 or step == args.steps:
        log.write(json.dumps({"step": step, "lr": args.lr, "train_loss": weight**2, "val_loss": weight**2 + 0.1}) + "\n")
        checkpoint.parent.mkdir(exist_ok=True)
        checkpoint.with_suffix(".tmp").write_text(json.dumps([step, weight]))
        os.replace(checkpoint.with_suffix(".tmp"), checkpoint)  # the old one or the new one
