#!/usr/bin/env python3
"""Ours against the peer: the same shapes, run alternately (A B A B ...), ratios printed.

Alternating pairs cancel what drifts on a shared machine: a pair sees nearly the same machine, so
each pair gives one ratio, and the table shows their median and their range. The peer gets its best
chance: both of its thread settings (PyTorch's own default, and every thread for PyTorch and its
BLAS alike) are tried first, and the fastest one is kept for the pairs; so is OpenBLAS's kernel set
for this machine's vector instructions (OPENBLAS_CORETYPE), because an OpenBLAS that does not know
a new processor falls back to SSE3, a fifth of the speed.

Exit status: 0 all ran, 1 a goal of --require was missed, 2 something could not be run.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEER = pathlib.Path(__file__).with_name("pytorch_gpt.py")
PRESETS = {  # steps a run, so that a run takes seconds; goal for the speed ratio, for memory
    "bench-1m": (30, 3.5, None),
    "bench-10m": (8, 2.0, None),
    "gpt2-124m": (3, 2.0, 2.0),
}
KEYS = ("tokens_per_s", "gflops", "step_ms", "peak_rss_bytes")


def fail(message, hint):
    print(f"[bench-peers] {message}\nhint: {hint}", file=sys.stderr)
    sys.exit(2)


def run_json(command, who, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env=os.environ | (environment or {}))
    if done.returncode != 0:
        fail(f"{who} ended with status {done.returncode}: {' '.join(map(str, command))}",
             done.stderr.strip() or "run it by hand to see why")
    try:
        result = json.loads(done.stdout)
        missing = [key for key in KEYS if not isinstance(result.get(key), (int, float))]
    except (ValueError, AttributeError):
        fail(f"{who} did not print one JSON object", f"its output began: {done.stdout[:200]!r}")
    if missing:
        fail(f"{who} did not report {', '.join(missing)}", f"it printed {sorted(result)}")
    return result


def check_tools(o):
    if not os.access(o.program, os.X_OK):
        fail(f"no program at {o.program}", "build first (make setup), or give --program PATH")
    python = shutil.which(o.python)
    if python is None or subprocess.run([python, "-c", "import torch"], capture_output=True,
                                        check=False).returncode != 0:
        fail(f"{o.python} cannot import torch",
             "apt-get install python3-torch, or give --python PATH of one that can")


def ours(o, preset, steps):
    command = [o.program, "bench", "train", "--preset", preset, "--steps", str(steps),
               "--threads", str(o.threads), "--json"]
    return run_json(command, "coldstart")


def peer(o, preset, steps, threads, core_type):
    command = [o.python, PEER, "--preset", preset, "--steps", str(steps), "--threads",
               str(threads), "--json"]
    return run_json(command, "the peer", {"OPENBLAS_CORETYPE": core_type} if core_type else None)


def widest_core_type():
    """The name of OpenBLAS's kernels for the widest vectors of this machine, "" if unknown."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return os.environ["OPENBLAS_CORETYPE"]
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return ""
    for flag, core_type in (("avx512f", "SkylakeX"), ("avx2", "Haswell")):
        if flag in flags:
            return core_type
    return ""


def fastest_peer(o, preset, steps):
    """(threads, core type) with which the peer trains this preset fastest: threads 0 (PyTorch's
    own default) or all of them, OpenBLAS's own choice of kernels or the widest."""
    def speed(threads, core_type):
        return peer(o, preset, max(1, steps // 4), threads, core_type)["tokens_per_s"]

    speeds = {(0, core_type): speed(0, core_type) for core_type in {"", widest_core_type()}}
    _, best_core_type = max(speeds, key=speeds.get)
    speeds[o.threads, best_core_type] = speed(o.threads, best_core_type)
    return max(speeds, key=speeds.get)


def compare(o, preset):
    steps, goal, memory_goal = PRESETS[preset]
    steps = o.steps or steps
    peer_threads, core_type = fastest_peer(o, preset, steps)
    pairs = []
    for round_index in range(o.rounds):
        pairs.append((ours(o, preset, steps), peer(o, preset, steps, peer_threads, core_type)))
        a, b = (side["tokens_per_s"] for side in pairs[-1])
        print(f"{preset}: pair {round_index + 1} of {o.rounds}: {a:.0f} and {b:.0f} tokens/s, "
              f"{a / b:.2f}x", file=sys.stderr, flush=True)
    ratios = [a["tokens_per_s"] / b["tokens_per_s"] for a, b in pairs]
    memory = [b["peak_rss_bytes"] / a["peak_rss_bytes"] for a, b in pairs]
    row = {"preset": preset, "rounds": o.rounds, "steps": steps, "threads": o.threads,
           "peer_version": pairs[0][1].get("version"), "peer_blas": pairs[0][1].get("blas"),
           "peer_threads": peer_threads or "default", "peer_core_type": core_type or "its own",
           "speed_ratio": statistics.median(ratios), "speed_ratio_min": min(ratios),
           "speed_ratio_max": max(ratios), "speed_goal": goal,
           "memory_ratio": statistics.median(memory), "memory_goal": memory_goal}
    for name, side in (("ours", 0), ("peer", 1)):
        row[name] = {key: statistics.median(p[side][key] for p in pairs) for key in KEYS}
    return row


def missed(row):
    return (row["speed_ratio"] < row["speed_goal"]
            or row["memory_ratio"] < (row["memory_goal"] or 0.0))


def print_table(rows):
    head = ("preset", "ours tok/s", "peer tok/s", "ours GFLOPS", "peer GFLOPS", "speed",
            "range", "goal", "ours MiB", "peer MiB", "memory", "goal")
    lines = [head]
    for r in rows:
        a, b = r["ours"], r["peer"]
        lines.append((
            r["preset"], f"{a['tokens_per_s']:.0f}", f"{b['tokens_per_s']:.0f}",
            f"{a['gflops']:.1f}", f"{b['gflops']:.1f}", f"{r['speed_ratio']:.2f}x",
            f"{r['speed_ratio_min']:.2f}-{r['speed_ratio_max']:.2f}", f"{r['speed_goal']:.1f}x",
            f"{a['peak_rss_bytes'] / 2**20:.0f}", f"{b['peak_rss_bytes'] / 2**20:.0f}",
            f"{r['memory_ratio']:.2f}x", f"{r['memory_goal']:.1f}x" if r["memory_goal"] else "-"))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.rjust(w) for cell, w in zip(line, widths)))
    r = rows[0]
    print(f"\npeer: PyTorch {r['peer_version']}, {r['peer_blas']}; its fastest setting (threads, "
          "OpenBLAS kernels): "
          + ", ".join(f"{row['preset']} {row['peer_threads']}, {row['peer_core_type']}"
                      for row in rows)
          + f"\nours: {r['threads']} threads. Medians of {r['rounds']} alternating pairs; "
          "memory = peer's peak / ours.")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("presets", nargs="*", default=[], metavar="PRESET",
                        help="default: " + " ".join(PRESETS))
    parser.add_argument("--rounds", type=int, default=3, help="pairs a preset")
    parser.add_argument("--steps", type=int, default=0, help="timed steps a run; 0: by preset")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "coldstart")
    parser.add_argument("--python", default="/usr/bin/python3", help="a Python that has torch")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--require", action="store_true", help="status 1 when a goal is missed")
    o = parser.parse_args()
    for preset in o.presets:
        if preset not in PRESETS:
            parser.error(f"unknown preset '{preset}', expected one of {', '.join(PRESETS)}")
    if o.rounds < 1 or o.steps < 0 or o.threads < 1:
        parser.error("--rounds and --threads at least 1, --steps at least 0")
    o.presets = o.presets or list(PRESETS)
    return o


def main():
    o = parse_options()
    check_tools(o)
    rows = [compare(o, preset) for preset in o.presets]
    if o.json:
        print(json.dumps(rows, indent=2))
    else:
        print_table(rows)
    sys.exit(1 if o.require and any(map(missed, rows)) else 0)


if __name__ == "__main__":
    main()
