#!/usr/bin/env python3
"""Makes the golden states of this directory with PyTorch (Debian: python3-torch). Tests only read
the files, so PyTorch is needed to change them, not to run the tests.

Everything is computed in float64 from weights that are exact in float32, so the stored values are
the mathematical ones to about 1e-13 and the tests may use tight tolerances. Random numbers come
from numpy's frozen RandomState stream: the same files on every machine, up to that rounding.

  make_golden.py [--out DIR]            writes *.safetensors and *.toml (same bytes every time)
  make_golden.py --only NAME            writes one of them
  make_golden.py --check-transformers   holds the models below against Hugging Face transformers
"""
import argparse
import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

ST_NAMES = {np.dtype(np.float32): "F32", np.dtype(np.float64): "F64", np.dtype(np.int32): "I32"}


def write_safetensors(path, tensors, metadata):
    """Length of the header (u64), JSON header padded with spaces to 8 bytes, raw bytes in order."""
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    # Widest type first: every tensor is then aligned to its own element size.
    for name, value in sorted(tensors.items(), key=lambda t: (-t[1].dtype.itemsize, t[0])):
        blob = np.ascontiguousarray(value).tobytes()
        header[name] = {"dtype": ST_NAMES[value.dtype], "shape": list(value.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def random_weights(shapes, seed):
    """Large enough that every gradient matters; gains and biases are not at 1 and 0."""
    rng = np.random.RandomState(seed)
    weights = {}
    for name, shape in shapes.items():
        draw = rng.standard_normal(shape)
        if len(shape) == 2:
            draw *= 0.25
        else:
            draw = (0.0 if name.endswith("bias") else 1.0) + 0.2 * draw
        weights[name] = draw.astype(np.float32)
    return weights


# ---- GPT-2 with the tensor names and layouts of Hugging Face: Conv1D weights are (in, out).


def gpt2_shapes(c):
    C, V, T = c["width"], c["vocab"], c["context"]
    shapes = {"transformer.wte.weight": (V, C), "transformer.wpe.weight": (T, C)}
    for l in range(c["layers"]):
        h = f"transformer.h.{l}."
        for name, shape in [("ln_1", (C,)), ("attn.c_attn", (C, 3 * C)), ("attn.c_proj", (C, C)),
                            ("ln_2", (C,)), ("mlp.c_fc", (C, 4 * C)), ("mlp.c_proj", (4 * C, C))]:
            shapes[h + name + ".weight"] = shape
            if c["bias"]:
                shapes[h + name + ".bias"] = shape[-1:]
    shapes["transformer.ln_f.weight"] = (C,)
    if c["bias"]:
        shapes["transformer.ln_f.bias"] = (C,)
    return shapes


def causal_attention(q, k, v):  # (B, H, T, hs) each
    T, hs = q.shape[-2:]
    scores = q @ k.transpose(-1, -2) / math.sqrt(hs)
    hidden = torch.ones(T, T).triu(1).bool()
    return scores.masked_fill(hidden, -math.inf).softmax(-1) @ v


def gpt2_logits(w, tokens, c):
    B, T = tokens.shape
    C, H = c["width"], c["heads"]

    def conv1d(x, name):
        y = x @ w[name + ".weight"]
        return y + w[name + ".bias"] if c["bias"] else y

    def norm(x, name):
        return F.layer_norm(x, (C,), w[name + ".weight"], w.get(name + ".bias"), 1e-5)

    x = w["transformer.wte.weight"][tokens] + w["transformer.wpe.weight"][:T]
    for l in range(c["layers"]):
        h = f"transformer.h.{l}."
        qkv = conv1d(norm(x, h + "ln_1"), h + "attn.c_attn")
        q, k, v = (p.view(B, T, H, C // H).transpose(1, 2) for p in qkv.split(C, dim=2))
        mixed = causal_attention(q, k, v).transpose(1, 2).reshape(B, T, C)
        x = x + conv1d(mixed, h + "attn.c_proj")
        z = conv1d(norm(x, h + "ln_2"), h + "mlp.c_fc")
        act = 0.5 * z * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
        x = x + conv1d(act, h + "mlp.c_proj")
    return norm(x, "transformer.ln_f") @ w["transformer.wte.weight"].T


# ---- LLaMA with the tensor names of Hugging Face: Linear weights are (out, in).


def llama_shapes(c):
    C, V, M = c["width"], c["vocab"], c["mlp_width"]
    kv = c["kv_heads"] * (C // c["heads"])
    shapes = {"model.embed_tokens.weight": (V, C)}
    for l in range(c["layers"]):
        h = f"model.layers.{l}."
        shapes |= {h + "input_layernorm.weight": (C,), h + "self_attn.q_proj.weight": (C, C),
                   h + "self_attn.k_proj.weight": (kv, C), h + "self_attn.v_proj.weight": (kv, C),
                   h + "self_attn.o_proj.weight": (C, C),
                   h + "post_attention_layernorm.weight": (C,), h + "mlp.gate_proj.weight": (M, C),
                   h + "mlp.up_proj.weight": (M, C), h + "mlp.down_proj.weight": (C, M)}
    return shapes | {"model.norm.weight": (C,), "lm_head.weight": (V, C)}


def rotate(x, theta):  # (B, H, T, hs), pairs (i, i + hs/2)
    T, hs = x.shape[-2:]
    frequency = theta ** (-torch.arange(0, hs, 2, dtype=x.dtype) / hs)
    angle = torch.arange(T, dtype=x.dtype)[:, None] * frequency
    cos, sin = angle.cos(), angle.sin()
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def llama_logits(w, tokens, c):
    B, T = tokens.shape
    C, H, H_kv = c["width"], c["heads"], c["kv_heads"]
    hs = C // H

    def norm(x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * w[name + ".weight"]

    def heads(x, name, count):
        return (x @ w[name + ".weight"].T).view(B, T, count, hs).transpose(1, 2)

    x = w["model.embed_tokens.weight"][tokens]
    for l in range(c["layers"]):
        h = f"model.layers.{l}."
        a = norm(x, h + "input_layernorm")
        q = rotate(heads(a, h + "self_attn.q_proj", H), c["rope_theta"])
        k = rotate(heads(a, h + "self_attn.k_proj", H_kv), c["rope_theta"])
        v = heads(a, h + "self_attn.v_proj", H_kv)
        k, v = (p.repeat_interleave(H // H_kv, dim=1) for p in (k, v))
        mixed = causal_attention(q, k, v).transpose(1, 2).reshape(B, T, C)
        x = x + mixed @ w[h + "self_attn.o_proj.weight"].T
        b = norm(x, h + "post_attention_layernorm")
        gate, up = b @ w[h + "mlp.gate_proj.weight"].T, b @ w[h + "mlp.up_proj.weight"].T
        x = x + (F.silu(gate) * up) @ w[h + "mlp.down_proj.weight"].T
    return norm(x, "model.norm") @ w["lm_head.weight"].T


# ---- the files

GPT2_BIAS = dict(layers=2, width=16, heads=2, kv_heads=2, context=8, vocab=32, mlp_width=64,
                 norm="layer", mlp="gelu", position="learned", bias=True, tied_head=True)
GPT2 = dict(GPT2_BIAS, width=12, heads=3, kv_heads=3, context=10, vocab=27, mlp_width=48,
            bias=False)
LLAMA = dict(layers=2, width=16, heads=4, kv_heads=2, context=8, vocab=32, mlp_width=24,
             norm="rms", mlp="swiglu", position="rope", rope_theta=10000.0, bias=False,
             tied_head=False)
MODELS = {  # name: (configuration, shapes, logits, seed, B, T, positions without a target)
    "gpt2_bias": (GPT2_BIAS, gpt2_shapes, gpt2_logits, 1, 2, 8, []),
    "gpt2": (GPT2, gpt2_shapes, gpt2_logits, 2, 3, 7, [(0, 6), (2, 0)]),  # T below the context
    "llama": (LLAMA, llama_shapes, llama_logits, 3, 2, 8, []),
}


def leaves(weights):
    return {n: torch.from_numpy(v).double().requires_grad_() for n, v in weights.items()}


def mean_loss(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten().long(), ignore_index=-1)


def draw_tokens(config, seed, B, T, without_target):
    draw = np.random.RandomState(1000 + seed).randint(0, config["vocab"], (B, T + 1))
    tokens, targets = (draw[:, a:a + T].astype(np.int32) for a in (0, 1))
    for position in without_target:
        targets[position] = -1
    return tokens, targets


def model_state(name):
    config, shapes, logits_of, seed, B, T, without_target = MODELS[name]
    weights = random_weights(shapes(config), seed)
    tokens, targets = draw_tokens(config, seed, B, T, without_target)
    w = leaves(weights)
    logits = logits_of(w, torch.from_numpy(tokens).long(), config)
    loss = mean_loss(logits, torch.from_numpy(targets))
    loss.backward()
    out = dict(weights, tokens=tokens, targets=targets, logits=logits.detach().numpy(),
               loss=loss.detach().numpy().reshape(1))
    return out | {"grad/" + n: v.grad.numpy() for n, v in w.items()}


def adamw_state():
    """Weights after each of 10 steps of torch.optim.AdamW for given gradients and rates."""
    rng, steps = np.random.RandomState(4), 10
    lr = np.array([0.01 * min(1.0, (t + 1) / 3) for t in range(steps)])
    out = {"lr": lr}
    for name, shape in [("matrix", (3, 5)), ("vector", (7,))]:
        out[f"{name}/initial"] = rng.standard_normal(shape).astype(np.float32)
        g = rng.standard_normal((steps, *shape)) * 10.0 ** rng.uniform(-6, 1, (steps, *shape))
        g.reshape(steps, -1)[:, 0] = 0.0  # an element whose gradient is always zero
        out[f"{name}/grads"] = g.astype(np.float32)
        for label, decay in [("decay", 0.1), ("no_decay", 0.0)]:
            w = torch.from_numpy(out[f"{name}/initial"]).double().requires_grad_()
            optimizer = torch.optim.AdamW([w], betas=(0.9, 0.95), eps=1e-8, weight_decay=decay)
            after = []
            for t in range(steps):
                w.grad = torch.from_numpy(out[f"{name}/grads"][t]).double()
                optimizer.param_groups[0]["lr"] = lr[t]
                optimizer.step()
                after.append(w.detach().numpy().copy())
            out[f"{name}/{label}"] = np.stack(after)
    return out


def draw_windows(config, seed, B, T):
    """Sequences that begin with token 0, and their last target is 0: laid one behind the other, in
    any order, they are windows of one text."""
    tokens, _ = draw_tokens(config, seed, B, T, [])
    tokens[:, 0] = 0
    return tokens, np.roll(tokens, -1, axis=1)


def trajectory(make, initial, grads, lr):
    """Weights after each step of a torch optimizer for given gradients and rates, in float64."""
    w = torch.from_numpy(initial).double().requires_grad_()
    optimizer, after = make([w]), []
    for t in range(len(lr)):
        w.grad = torch.from_numpy(grads[t]).double()
        optimizer.param_groups[0]["lr"] = lr[t]
        optimizer.step()
        after.append(w.detach().numpy().copy())
    return np.stack(after)


def newton_schulz(m):
    """Five quintic steps on m / |m|, for matrices with at most as many rows as columns."""
    x = torch.from_numpy(m).double()
    x = x / x.norm()
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.numpy()


def optimizers_state():
    """SGD and RAdam on one matrix; Newton-Schulz of a wide and of a tall one."""
    rng, steps = np.random.RandomState(6), 12
    lr = np.array([0.02 * min(1.0, (t + 1) / 3) for t in range(steps)])
    initial = rng.standard_normal((3, 5)).astype(np.float32)
    grads = rng.standard_normal((steps, 3, 5)).astype(np.float32)
    out = {"lr": lr, "initial": initial, "grads": grads}
    for name, make in {
        "sgd": lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, weight_decay=0.1),
        "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, weight_decay=0.1,
                                                  nesterov=True),
        "radam": lambda p: torch.optim.RAdam(p, lr=1, betas=(0.9, 0.95), eps=1e-12),
    }.items():
        out[name] = trajectory(make, initial, grads, lr)
    for name, shape in [("wide", (4, 9)), ("tall", (7, 3))]:
        m = rng.standard_normal(shape).astype(np.float32)
        wide = shape[0] <= shape[1]
        out[f"{name}/matrix"] = m
        out[f"{name}/orthogonal"] = newton_schulz(m) if wide else newton_schulz(m.T.copy()).T
    return out


def training_curve():
    """20 steps from the weights of gpt2_bias: trapezoid 4 + 8 + 8, AdamW (matrices decayed),
    global-norm clipping at 1."""
    config, shapes, logits_of, seed, B, T, _ = MODELS["gpt2_bias"]
    warmup, hold, decay, base = 4, 8, 8, 0.02
    steps = warmup + hold + decay
    w = leaves(random_weights(shapes(config), seed))
    groups = [{"params": [v for v in w.values() if v.dim() == 2], "weight_decay": 0.1},
              {"params": [v for v in w.values() if v.dim() == 1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=base, betas=(0.9, 0.95), eps=1e-8)
    batches = [draw_windows(config, 5 + t % 4, B, T) for t in range(steps)]
    record = {"loss": [], "grad_norm": [], "lr": []}
    for t, (tokens, targets) in enumerate(batches):
        lr = base * min((t + 1) / warmup, 1.0, (steps - t) / decay)
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.zero_grad()
        loss = mean_loss(logits_of(w, torch.from_numpy(tokens).long(), config),
                         torch.from_numpy(targets))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(w.values()), 1.0)
        optimizer.step()
        for key, value in (("loss", loss), ("grad_norm", norm), ("lr", lr)):
            record[key].append(float(value))
    out = {key: np.array(values) for key, values in record.items()}
    out["tokens"] = np.stack([b[0] for b in batches])    # (steps, B, T)
    out["targets"] = np.stack([b[1] for b in batches])
    return out


def config_toml(config):
    lines = [f"{k} = {json.dumps(v)}" for k, v in config.items()]
    return "\n".join(["# Made by make_golden.py.", "[model]", *lines]) + "\n"


def write_all(out, only):
    states = {name: (model_state(name), MODELS[name][0]) for name in MODELS}
    states["adamw"] = (adamw_state(), None)
    states["optimizers"] = (optimizers_state(), None)
    states["training_curve"] = (training_curve(), None)
    for name, (tensors, config) in states.items():
        if only and name != only:
            continue
        path = out / f"{name}.safetensors"
        write_safetensors(path, tensors, {"made_by": "make_golden.py", "torch": torch.__version__})
        if config is not None:
            (out / f"{name}.toml").write_text(config_toml(config))
        print(f"{path}: {len(tensors)} tensors, {path.stat().st_size} bytes")


def check_transformers():
    """The same weights and tokens through Hugging Face's own models."""
    import transformers as hf

    def compare(name, make):
        state = model_state(name)
        weights = {k: torch.from_numpy(v).double() for k, v in state.items()
                   if "grad/" + k in state}
        reference = make(MODELS[name][0]).double().eval()
        missing, unexpected = reference.load_state_dict(weights, strict=False)
        buffers = (".attn.bias", ".masked_bias", "rotary_emb.inv_freq", "lm_head.weight")
        assert not unexpected and all(m.endswith(buffers) for m in missing), (missing, unexpected)
        reference.tie_weights()
        logits = reference(torch.from_numpy(state["tokens"]).long()).logits
        mean_loss(logits, torch.from_numpy(state["targets"])).backward()
        worst = max(float((p.grad - torch.from_numpy(state["grad/" + n])).abs().max())
                    for n, p in reference.named_parameters())
        error = float((logits - torch.from_numpy(state["logits"])).abs().max())
        print(f"{name}: transformers {hf.__version__}: logits differ by {error:.1e}, "
              f"gradients by {worst:.1e}")
        assert max(error, worst) < 1e-6  # transformers keeps some tables in float32

    compare("gpt2_bias", lambda c: hf.GPT2LMHeadModel(hf.GPT2Config(
        n_layer=c["layers"], n_embd=c["width"], n_head=c["heads"], n_positions=c["context"],
        vocab_size=c["vocab"], resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)))
    compare("llama", lambda c: hf.LlamaForCausalLM(hf.LlamaConfig(
        num_hidden_layers=c["layers"], hidden_size=c["width"], num_attention_heads=c["heads"],
        num_key_value_heads=c["kv_heads"], intermediate_size=c["mlp_width"],
        vocab_size=c["vocab"], rms_norm_eps=1e-5, rope_theta=c["rope_theta"],
        max_position_embeddings=c["context"], pad_token_id=None)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("--only", help="write this state alone")
    parser.add_argument("--check-transformers", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.check_transformers:
        check_transformers()
    else:
        write_all(arguments.out, arguments.only)
