#!/usr/bin/env python3
"""The peer of `coldstart bench optimizers`: the same updates in PyTorch on the CPU.

The tensors have the shapes of the presets' models. AdamW is PyTorch's own, in its multi-tensor
(foreach) form and, where this version has one for the CPU, fused. Lion, LionA and LionAR are what a
PyTorch user writes: multi-tensor operations where every tensor is treated alike, in-place operations
tensor by tensor for the rotation of LionAR, no temporary that can be spared. As for coldstart, a
step is everything between two gradients, run until enough time has passed; the median counts.

Prints JSON of the form of `coldstart bench optimizers --json`. Bytes a parameter are those of one
pass over weight, gradient and moments, so GB/s says how fast the update is, not what PyTorch moves.
"""
import argparse
import json
import os
import statistics
import sys
import time


def threads_from_command_line():
    """OpenMP reads its thread count when it is loaded, so this comes before `import torch`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--threads", type=int, default=0)
    threads = parser.parse_known_args()[0].threads
    if threads > 0:
        os.environ["OMP_NUM_THREADS"] = str(threads)


threads_from_command_line()
try:
    import torch
except ImportError:
    print("[pytorch_optimizers] PyTorch is not installed\n"
          "hint: apt-get install python3-torch, and run this with /usr/bin/python3",
          file=sys.stderr)
    sys.exit(2)

PRESETS = {  # layers, width, context, vocabulary, biases
    "bench-1m": (4, 128, 256, 256, False),
    "bench-10m": (6, 384, 256, 256, False),
    "gpt2-124m": (12, 768, 1024, 50257, True),
}
LR, DECAY, BETA = 1e-5, 0.1, 0.9


def shapes_of(preset):
    layers, width, context, vocab, biases = PRESETS[preset]
    norm = [(width,)] * (2 if biases else 1)
    linear = lambda out, into: [(out, into)] + ([(out,)] if biases else [])
    block = (norm + linear(3 * width, width) + linear(width, width) + norm +
             linear(4 * width, width) + linear(width, 4 * width))
    return [(vocab, width), (context, width)] + layers * block + norm


class Adam:
    """torch.optim.AdamW; `form` is foreach or fused."""

    bytes = 28

    def __init__(self, weights, form):
        groups = [{"params": [w for w in weights if w.dim() == 2], "weight_decay": DECAY},
                  {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0}]
        self.step = torch.optim.AdamW(groups, lr=LR, betas=(0.9, 0.95), **{form: True}).step


class SignMomentum:
    """Lion: c = 0.9 m + 0.1 g, m = 0.99 m + 0.01 g.  LionA: m = 0.9 m + 0.1 g, c = m, u = gamma
    sign(c).  Both: w -= lr (decay w + u), decay for matrices only."""

    bytes = 20

    def __init__(self, weights, lion_a):
        self.lion_a = lion_a
        self.size = LR * (((1 - BETA) / (1 + BETA)) ** 0.5 if lion_a else 1)
        self.weights = weights
        self.decayed = [w for w in weights if w.dim() == 2]
        self.grads = [w.grad for w in weights]
        self.m = [torch.zeros_like(w) for w in weights]

    @torch.no_grad()
    def step(self):
        if self.decayed:
            torch._foreach_mul_(self.decayed, 1 - LR * DECAY)
        if self.lion_a:
            ema(self.m, self.grads, BETA)
            u = signs(self.m)
        else:
            c = torch._foreach_mul(self.m, 0.9)
            torch._foreach_add_(c, self.grads, alpha=0.1)
            u = signs(c, in_place=True)
            ema(self.m, self.grads, 0.99)
        torch._foreach_add_(self.weights, u, alpha=-self.size)


class LionAR:
    """Rows of matrices turn by a fixed angle along the tangential part of sign(m), on spheres of
    fixed radius; vectors take LionA's step."""

    bytes = 20

    def __init__(self, weights):
        self.angle = (2 * LR * DECAY * (1 - BETA) / (1 + BETA)) ** 0.5
        matrices = [w for w in weights if w.dim() == 2]
        self.rows = [(w, torch.zeros_like(w), w.detach().norm(dim=1, keepdim=True))
                     for w in matrices]
        self.m = [m for _, m, _ in self.rows]
        self.grads = [w.grad for w in matrices]
        self.vectors = SignMomentum([w for w in weights if w.dim() == 1], lion_a=True)

    @torch.no_grad()
    def step(self):
        ema(self.m, self.grads, BETA)
        for w, m, radius in self.rows:
            u = m.sign()
            along = (u * w).sum(dim=1, keepdim=True).div_(radius * radius)
            u.addcmul_(w, along, value=-1)
            w.addcmul_(u, radius / u.norm(dim=1, keepdim=True), value=-self.angle)
            w.mul_(radius / w.norm(dim=1, keepdim=True))
        self.vectors.step()


def ema(averages, values, beta):
    if hasattr(torch, "_foreach_lerp_"):
        torch._foreach_lerp_(averages, values, 1 - beta)
    else:  # PyTorch 1
        torch._foreach_mul_(averages, beta)
        torch._foreach_add_(averages, values, alpha=1 - beta)


def signs(tensors, in_place=False):
    if hasattr(torch, "_foreach_sign"):
        if in_place:
            torch._foreach_sign_(tensors)
            return tensors
        return torch._foreach_sign(tensors)
    return [t.sign_() if in_place else t.sign() for t in tensors]


OPTIMIZERS = {
    "adamw": lambda weights: Adam(weights, "foreach"),
    "adamw_fused": lambda weights: Adam(weights, "fused"),
    "lion": lambda weights: SignMomentum(weights, lion_a=False),
    "lion_a": lambda weights: SignMomentum(weights, lion_a=True),
    "lion_ar": LionAR,
}


def measure(name, preset, steps, elapsed_s):
    torch.manual_seed(1)
    weights = [torch.randn(shape).mul_(0.02).requires_grad_() for shape in shapes_of(preset)]
    for w in weights:
        w.grad = torch.randn_like(w).mul_(1e-4)
    try:
        optimizer = OPTIMIZERS[name](weights)
        for _ in range(3):
            optimizer.step()
    except (TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        print(f"[pytorch_optimizers] no {name} in PyTorch {torch.__version__}: {reason}",
              file=sys.stderr)
        return None
    times = []
    while len(times) < steps or sum(times) < elapsed_s:
        begin = time.perf_counter()
        optimizer.step()
        times.append(time.perf_counter() - begin)
    parameters = sum(w.numel() for w in weights)
    seconds = statistics.median(times)
    return {"optimizer": name, "model": preset, "parameters": parameters,
            "bytes_per_parameter": optimizer.bytes, "step_ms": 1e3 * seconds,
            "step_ms_min": 1e3 * min(times), "step_ms_max": 1e3 * max(times),
            "gbytes_per_s": 1e-9 * optimizer.bytes * parameters / seconds}


def list_of(known):
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name}: expected {', '.join(known)}")
        return names
    return parse


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0],
                                     allow_abbrev=False)
    parser.add_argument("--presets", type=list_of(PRESETS), default=list(PRESETS))
    parser.add_argument("--optimizers", type=list_of(OPTIMIZERS), default=list(OPTIMIZERS))
    parser.add_argument("--steps", type=int, default=20, help="timed at least")
    parser.add_argument("--seconds", type=float, default=0.5, help="timed at least")
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's default")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser.parse_args()


def main():
    o = parse_options()
    rows = [measure(name, preset, o.steps, o.seconds)
            for preset in o.presets for name in o.optimizers]
    rows = [row for row in rows if row is not None]
    if o.json:
        print(json.dumps({"kernels": f"pytorch {torch.__version__}",
                          "threads": torch.get_num_threads(), "rows": rows}))
        return
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads\n")
    print(f"{'optimizer':<22}{'model':<14}{'parameters':>12}{'ms/step':>11}{'GB/s':>9}")
    for r in rows:
        print(f"{r['optimizer']:<22}{r['model']:<14}{r['parameters']:>12}{r['step_ms']:>11.3f}"
              f"{r['gbytes_per_s']:>9.1f}")


if __name__ == "__main__":
    main()
