#!/usr/bin/env python3
"""SIGKILL of the controller or of any worker at random moments of a study: nothing lost, nothing doubled.

  bench/study_kills.py build/coldstart --trials 100 --kills 200

Runs a study of examples/external_trainer.py once undisturbed and once under kills, and compares the
records (coldstart study dump); a study that is over before all kills were made fails, too. With --rate
it times 64 trials of a command that takes no time.
"""
import argparse, os, pathlib, random, signal, subprocess, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("program", type=pathlib.Path)
parser.add_argument("--trials", type=int, default=100)
parser.add_argument("--kills", type=int, default=200)
parser.add_argument("--jobs", type=int, default=2)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--rate", action="store_true")
args = parser.parse_args()
program = str(args.program.resolve())
trainer = pathlib.Path(__file__).resolve().parent.parent / "examples" / "external_trainer.py"
rng = random.Random(args.seed)

SPACE = '\n[[space]]\nname = "lr"\nrole = "nuisance"\nscale = "log"\nrange = [1e-3, 1e-1]\n'
KILLED = f'''goal = "kills"
command = ["python3", "{trainer}", "--lr", "{{lr}}", "--steps", "{{max_steps}}", "--out", "{{trial_dir}}", "--resume", "{{resume_from}}"]
max_steps = 20000
points = {args.trials}
''' + SPACE
NOTHING = '''goal = "rate"
command = ["sh", "-c", "echo '{{\\"step\\":1,\\"val_loss\\":1}}' >> metrics.jsonl", "sh", "{lr}"]
max_steps = 1
points = 64
''' + SPACE


def coldstart(*words):
    return subprocess.run([program, "study", *words], cwd=work, check=True, capture_output=True, text=True).stdout


def make(name, spec):
    (work / f"{name}.toml").write_text(spec)
    coldstart("new", f"{name}.toml")


def processes(study):
    """Workers and commands of the trials that run; only such whose command line names the study."""
    found = []
    for lock in (study / "trials").glob("*/trial.lock"):
        if (lock.parent / "result.json").exists():
            continue
        for pid in lock.read_text().split():
            try:
                if str(study) in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
                    found.append(int(pid))
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    if args.rate:
        make("rate", NOTHING)
        start = time.monotonic()
        coldstart("run", "rate", "--jobs", str(args.jobs), "--quiet")
        elapsed = time.monotonic() - start
        print(f"64 trials in {elapsed:.2f} s: {64 / elapsed:.0f} a second with {args.jobs} workers")
        raise SystemExit
    make("whole", KILLED)
    start = time.monotonic()
    coldstart("run", "whole", "--jobs", str(args.jobs), "--quiet")
    whole_s = time.monotonic() - start
    make("killed", KILLED)
    study = work / "killed"
    kills, starts = {"controller": 0, "worker or command": 0}, 0
    controller = None
    while sum(kills.values()) < args.kills:
        if controller is None or controller.poll() is not None:
            if controller is not None and controller.returncode == 0:
                break  # all trials are over
            controller = subprocess.Popen([program, "study", "run", str(study), "--jobs", str(args.jobs), "--quiet"])
            starts += 1
        time.sleep(rng.uniform(0, 1.2 * whole_s / args.kills))
        workers = processes(study)
        if workers and rng.random() < 0.6:
            kill(rng.choice(workers))
            kills["worker or command"] += 1
        else:
            kill(controller.pid)
            controller.wait()
            kills["controller"] += 1
    if controller.poll() is None:
        controller.wait()
    coldstart("run", str(study), "--jobs", str(args.jobs), "--quiet")
    same = coldstart("dump", "whole") == coldstart("dump", "killed")
    done = sum(kills.values())
    print(f"{done} of {args.kills} kills, {kills}, {starts} controllers; undisturbed {whole_s:.1f} s; "
          f"records {'equal' if same else 'DIFFER'}")
    raise SystemExit(0 if same and done == args.kills else 1)
