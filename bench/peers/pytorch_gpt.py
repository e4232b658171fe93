#!/usr/bin/env python3
"""The peer: the same GPT training step as `coldstart bench train`, in the system's PyTorch on CPU.

An idiomatic program in the manner of nanoGPT: float32, no biases, pre-LN, learned positions, tied
head, GELU (tanh), AdamW, clipping at 1.0, random tokens; or LLaMA-style with --arch llama. PyTorch
1.13 has no fused attention on the CPU: torch.nn.functional._scaled_dot_product_attention exists
but writes out the same T x T matrices, and measures no faster than the manual form used here.
What is faster within PyTorch is used: a fused scale-and-mask (baddbmm), the multi-tensor AdamW if
this version has it, gradients set to None, no per-step synchronisation with Python but the loss.

Threads: --threads N gives N to PyTorch and N to the BLAS under it; --threads 0 leaves both to their
own defaults (which may differ from each other). Which is faster depends on the shapes: compare.py
tries both and keeps the better one.

Prints the JSON of `coldstart bench train --json`; model FLOPs are counted by the same formula:
tokens x (6 x non-position parameters + 6 L C T).
"""
import argparse
import json
import math
import os
import resource
import statistics
import sys
import time


def threads_from_command_line():
    """A BLAS reads its thread count when it is loaded, so this comes before `import torch`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--threads", type=int, default=0)
    threads = parser.parse_known_args()[0].threads
    if threads > 0:
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"):
            os.environ[variable] = str(threads)


threads_from_command_line()
try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    print("[pytorch_gpt] PyTorch is not installed\n"
          "hint: apt-get install python3-torch, and run this with /usr/bin/python3",
          file=sys.stderr)
    sys.exit(2)

PRESETS = {  # layers, width, heads, context, batch, vocabulary
    "bench-1m": (4, 128, 4, 256, 16, 256),
    "bench-10m": (6, 384, 6, 256, 12, 256),
    "gpt2-124m": (12, 768, 12, 1024, 1, 50257),
}


class LayerNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-5)


class RmsNorm(LayerNorm):
    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotary_table(T, head_size, theta=10000.0):
    angle = torch.arange(T)[:, None] * theta ** (-torch.arange(0, head_size, 2) / head_size)
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos(), angle.sin()


def rotate(x, table):
    a, b = x.chunk(2, dim=-1)
    return x * table[0] + torch.cat([-b, a], dim=-1) * table[1]


class Attention(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.heads, self.rotary = o.heads, None
        self.qkv = nn.Linear(o.width, 3 * o.width, bias=False)
        self.out = nn.Linear(o.width, o.width, bias=False)
        mask = torch.full((1, o.context, o.context), -math.inf).triu(1)
        self.register_buffer("mask", mask, persistent=False)
        if o.arch == "llama":
            self.rotary = rotary_table(o.context, o.width // o.heads)

    def forward(self, x):
        B, T, C = x.shape
        hs = C // self.heads
        q, k, v = (p.view(B, T, self.heads, hs).transpose(1, 2)
                   for p in self.qkv(x).split(C, dim=2))
        if self.rotary:
            q, k = rotate(q, self.rotary), rotate(k, self.rotary)
        q, k, v = (p.reshape(B * self.heads, T, hs) for p in (q, k, v))
        scores = torch.baddbmm(self.mask[:, :T, :T], q, k.transpose(1, 2), alpha=hs**-0.5)
        mixed = torch.bmm(F.softmax(scores, dim=-1), v)
        mixed = mixed.view(B, self.heads, T, hs).transpose(1, 2).reshape(B, T, C)
        return self.out(mixed)


class GeluMlp(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.fc = nn.Linear(o.width, 4 * o.width, bias=False)
        self.out = nn.Linear(4 * o.width, o.width, bias=False)

    def forward(self, x):
        return self.out(F.gelu(self.fc(x), approximate="tanh"))


class SwigluMlp(nn.Module):
    def __init__(self, o):
        super().__init__()
        hidden = -(-8 * o.width // 3 // 32) * 32
        self.gate_up = nn.Linear(o.width, 2 * hidden, bias=False)
        self.out = nn.Linear(hidden, o.width, bias=False)

    def forward(self, x):
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.out(F.silu(gate) * up)


class Block(nn.Module):
    def __init__(self, o):
        super().__init__()
        norm, mlp = (RmsNorm, SwigluMlp) if o.arch == "llama" else (LayerNorm, GeluMlp)
        self.norm1, self.norm2 = norm(o.width), norm(o.width)
        self.attention, self.mlp = Attention(o), mlp(o)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.token = nn.Embedding(o.vocab, o.width)
        self.position = None if o.arch == "llama" else nn.Embedding(o.context, o.width)
        self.blocks = nn.ModuleList(Block(o) for _ in range(o.layers))
        self.norm = RmsNorm(o.width) if o.arch == "llama" else LayerNorm(o.width)
        self.head = nn.Linear(o.width, o.vocab, bias=False)
        self.head.weight = self.token.weight
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens, targets):
        x = self.token(tokens)
        if self.position is not None:
            x = x + self.position(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.norm(x))
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def make_optimizer(model):
    groups = [{"params": [p for p in model.parameters() if p.dim() == 2], "weight_decay": 0.1},
              {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0}]
    arguments = dict(lr=6e-4, betas=(0.9, 0.95), eps=1e-8)
    try:
        return torch.optim.AdamW(groups, foreach=True, **arguments)
    except TypeError:  # PyTorch before 1.12
        return torch.optim.AdamW(groups, **arguments)


def train(o):
    torch.manual_seed(1)
    model = Gpt(o)
    optimizer = make_optimizer(model)
    times, loss = [], None
    for step in range(o.warmup_steps + o.steps):
        batch = torch.randint(o.vocab, (o.batch, o.context + 1))
        begin = time.perf_counter()
        loss = model(batch[:, :-1].contiguous(), batch[:, 1:].contiguous())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step >= o.warmup_steps:
            times.append(time.perf_counter() - begin)
    return model, times, loss.item()


def blas_library():
    """What does the GEMMs: PyTorch from Debian uses whichever libblas the system has chosen."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        files = {line.split()[-1] for line in maps if "blas" in line and ".so" in line}
    named = sorted(os.path.basename(f) for f in files)
    return ", ".join(n for n in named if not n.startswith("libblas.so")) or ", ".join(named)


def report(o, model, times, loss):
    parameters = sum(p.numel() for p in model.parameters())
    counted = parameters - (model.position.weight.numel() if model.position else 0)
    tokens = o.batch * o.context
    flops = tokens * (6 * counted + 6 * o.layers * o.width * o.context)
    seconds = statistics.median(times)
    return {
        "program": "pytorch", "version": torch.__version__, "preset": o.preset, "arch": o.arch,
        "layers": o.layers, "width": o.width, "heads": o.heads, "context": o.context,
        "batch": o.batch, "vocab": o.vocab, "parameters": parameters, "steps": o.steps,
        "threads": torch.get_num_threads(), "blas": blas_library(),
        "tokens_per_s": tokens / seconds, "gflops": flops / seconds / 1e9, "peak_gflops": None,
        "fraction_of_peak": None, "step_ms": 1e3 * seconds, "loss": loss,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("--preset", choices=PRESETS, default="bench-1m")
    parser.add_argument("--arch", choices=("gpt2", "llama"), default="gpt2")
    parser.add_argument("--steps", type=int, default=10, help="timed steps")
    parser.add_argument("--warmup-steps", type=int, default=2, help="steps before the clock runs")
    parser.add_argument("--threads", type=int, default=0, help="of PyTorch and of its BLAS; 0: their own defaults")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    for name in ("layers", "width", "heads", "context", "batch", "vocab"):
        parser.add_argument(f"--{name}", type=int, help="instead of the preset's")
    o = parser.parse_args()
    for name, value in zip(("layers", "width", "heads", "context", "batch", "vocab"),
                           PRESETS[o.preset]):
        if getattr(o, name) is None:
            setattr(o, name, value)
        if getattr(o, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if o.steps < 1 or o.warmup_steps < 0 or o.threads < 0 or o.width % o.heads:
        parser.error("--steps >= 1, --warmup-steps >= 0, --threads >= 0, heads divides width")
    return o


def main():
    o = parse_options()
    result = report(o, *train(o))
    if o.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:>16}  {value}")


if __name__ == "__main__":
    main()
