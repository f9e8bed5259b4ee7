# SPDX-License-Identifier: Apache-2.0
"""Losses and gradients of small models by PyTorch's automatic differentiation, in float64.

python make_golden.py: writes NAME.json, NAME.parameters.npy (float32) and NAME.gradients.npy (float64) beside
itself. Parameters are one flat array in the order of `tensors`, which is ParameterLayout's. Written from the
papers' formulas, not from Tacho's sources.
"""
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
FOLDER = pathlib.Path(__file__).parent


def tensors(s):
    """Names and shapes, in order."""
    d, f, e = s["width"], s["ffn"], s.get("experts", 0)
    q, kv = s["heads"] * s["head_dim"], s["kv_heads"] * s["head_dim"]
    gated = s["channel"] in ("swiglu", "reglu")
    yield "token_embd", (s["vocabulary"], d)
    for i in range(s["layers"]):
        p = f"blk.{i}."
        yield p + "attn_norm", (d,)
        yield p + "q", (q, d)
        yield p + "k", (kv, d)
        yield p + "v", (kv, d)
        yield p + "o", (d, q)
        yield p + "ffn_norm", (d,)
        if e:
            yield p + "router", (e, d)
            if gated:
                yield p + "gate", (e, f, d)
            yield p + "up", (e, f, d)
            yield p + "down", (e, d, f)
        else:
            if gated:
                yield p + "gate", (f, d)
            yield p + "up", (f, d)
            yield p + "down", (d, f)
    if s.get("exit_norms"):
        for x in s["exits"]:
            yield f"exit.{x}", (d,)
    yield "output_norm", (d,)
    if not s["tied"]:
        yield "output", (s["vocabulary"], d)


def norm(x, w, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * w


def rope(x, positions, base):
    """x: [tokens, heads, dim]; pairs (2i, 2i+1) as complex numbers."""
    dim = x.shape[-1]
    angle = positions[:, None] * base ** (-torch.arange(0, dim, 2).double() / dim)
    turned = torch.view_as_complex(x.reshape(*x.shape[:-1], dim // 2, 2).contiguous())
    turned = turned * torch.polar(torch.ones_like(angle), angle)[:, None, :]
    return torch.view_as_real(turned).reshape(x.shape)


def activation(kind, g, u):
    if kind == "swiglu":
        return F.silu(g) * u
    if kind == "squared_relu":
        return F.relu(u) ** 2
    raise ValueError(kind)


def attention(s, p, layer, x, positions, visible):
    n, h, kv, dim = x.shape[0], s["heads"], s["kv_heads"], s["head_dim"]
    pre = f"blk.{layer}."
    y = norm(x, p[pre + "attn_norm"], s["norm_epsilon"])
    q = rope((y @ p[pre + "q"].T).view(n, h, dim), positions, s["rope_base"])
    k = rope((y @ p[pre + "k"].T).view(n, kv, dim), positions, s["rope_base"])
    v = (y @ p[pre + "v"].T).view(n, kv, dim)
    k, v = (t.repeat_interleave(h // kv, dim=1) for t in (k, v))
    out = F.scaled_dot_product_attention(
        q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), attn_mask=visible)
    return x + out.transpose(0, 1).reshape(n, h * dim) @ p[pre + "o"].T


def channel(s, p, layer, x):
    pre = f"blk.{layer}."
    y = norm(x, p[pre + "ffn_norm"], s["norm_epsilon"])
    if not s.get("experts"):
        g = y @ p[pre + "gate"].T if pre + "gate" in p else None
        return x + activation(s["channel"], g, y @ p[pre + "up"].T) @ p[pre + "down"].T, 0
    e, used = s["experts"], s["experts_per_token"]
    probabilities = torch.softmax(y @ p[pre + "router"].T, -1)
    top, chosen = probabilities.topk(used, -1)
    top = top / top.sum(-1, keepdim=True)
    out = x
    for expert in range(e):
        share = (top * (chosen == expert)).sum(-1, keepdim=True)
        g = y @ p[pre + "gate"][expert].T if pre + "gate" in p else None
        out = out + share * (
            activation(s["channel"], g, y @ p[pre + "up"][expert].T) @ p[pre + "down"][expert].T)
    fraction = torch.stack([(chosen == i).double().mean() for i in range(e)])
    return out, e * (fraction * probabilities.mean(0)).sum()


def objective(s, p, case):
    positions = torch.tensor(case["positions"]).double()
    n = len(case["tokens"])
    visible = torch.zeros(n, n, dtype=torch.bool)
    first = 0
    for length, mask in zip(case["lengths"], case["masks"]):
        block = torch.ones(length, length, dtype=torch.bool).tril()
        if mask is not None:
            block = torch.tensor(mask, dtype=torch.bool).view(length, length)
        visible[first:first + length, first:first + length] = block
        first += length
    x = p["token_embd"][torch.tensor(case["tokens"])]
    balance, exits = 0, []
    head = p["token_embd"] if s["tied"] else p["output"]
    for layer in range(s["layers"]):
        x = attention(s, p, layer, x, positions, visible)
        x, b = channel(s, p, layer, x)
        balance = balance + b
        if layer + 1 in s.get("exits", []):
            w = p[f"exit.{layer + 1}"] if s.get("exit_norms") else p["output_norm"]
            exits.append(norm(x, w, s["norm_epsilon"]) @ head.T)
    logits = norm(x, p["output_norm"], s["norm_epsilon"]) @ head.T
    targets, weights = torch.tensor(case["targets"]), torch.tensor(case["weights"]).double()

    def loss(logits, teacher=None):
        each = F.cross_entropy(logits, targets.clamp(min=0), reduction="none")
        if teacher is not None:
            t = case["temperature"]
            divergence = F.kl_div(
                F.log_softmax(logits / t, -1), F.log_softmax(teacher / t, -1), reduction="none",
                log_target=True).sum(-1) * t * t
            each = (1 - case["distillation"]) * each + case["distillation"] * divergence
        return (each * weights * (targets >= 0)).sum()

    teacher = torch.tensor(case["teacher"]).view(n, -1) if case.get("teacher") else None
    main = loss(logits, teacher)
    early = [loss(e) for e in exits]
    total = case["scale"] * (main + sum(w * e for w, e in zip(case["exit_weights"], early)))
    total = total + case["balance"] * balance
    return total, main, early, balance, logits


def make(name, seed, masked=False, distillation=0.0, balance=0.0, exit_weights=(), **shape):
    generator = np.random.default_rng(seed)
    s = dict(vocabulary=19, width=16, layers=2, heads=4, kv_heads=2, head_dim=4, ffn=24, context=16,
             channel="swiglu", tied=True, rope_base=500.0, norm_epsilon=1e-5, exits=[])
    s.update(shape)
    values, p = [], {}
    for tensor, dims in tensors(s):
        scale, mean = (0.1, 1) if len(dims) == 1 else (1.2 / math.sqrt(dims[-1]), 0)
        value = (mean + scale * generator.standard_normal(dims)).astype(np.float32)
        values.append(value.ravel())
        p[tensor] = torch.tensor(value.astype(np.float64), requires_grad=True)
    lengths = [9, 1, 6]
    n = sum(lengths)
    case = dict(
        shape=s, lengths=lengths, tokens=generator.integers(0, 19, n).tolist(),
        targets=generator.integers(-3, 19, n).tolist(),
        weights=(generator.integers(0, 5, n) / 2).tolist(),
        positions=[i for length in lengths for i in range(length)], masks=[None] * 3, scale=0.125,
        exit_weights=list(exit_weights), balance=balance, distillation=distillation, temperature=1.5)
    if masked:
        case["masks"] = [
            (np.eye(k, dtype=int) | generator.integers(0, 2, (k, k))).ravel().tolist()
            for k in lengths]
        case["positions"] = generator.integers(0, 16, n).tolist()
    if distillation:
        case["teacher"] = (2 * generator.standard_normal(n * 19)).astype(np.float32).tolist()
    total, main, early, b, logits = objective(s, p, case)
    total.backward()
    case.update(
        torch=torch.__version__, main=main.item(), exits=[e.item() for e in early],
        balance_loss=float(torch.as_tensor(b).detach()), logits=logits[-1].tolist())
    (FOLDER / f"{name}.json").write_text(json.dumps(case) + "\n")
    np.save(FOLDER / f"{name}.parameters.npy", np.concatenate(values))
    np.save(FOLDER / f"{name}.gradients.npy",
            np.concatenate([p[t].grad.numpy().ravel() for t, _ in tensors(s)]))


make("dense", 1)
make("squared_relu", 2, channel="squared_relu", tied=False, kv_heads=1, layers=3, exits=[1, 2],
     exit_norms=True, exit_weights=[0.25, 0.5])
make("experts", 3, experts=4, experts_per_token=2, ffn=8, balance=0.3)
make("distilled", 4, masked=True, distillation=0.4, kv_heads=4, exits=[1], exit_weights=[0.7])
