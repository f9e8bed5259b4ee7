#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the logits of an engine against an independent forward pass in float64.

Needs only numpy and gguf (pip install numpy gguf). Reads a GGUF file of architecture llama, qwen2 or
qwen3, dequantises every weight with gguf-py, runs the whole model in float64 and compares:

    tacho logits -m model.gguf --ids 1,15,7 --out logits.npy
    check_logits.py model.gguf --ids 1,15,7 --logits logits.npy
    check_logits.py model.gguf --ids 1,15,7 --logits logits.npy --activations q8

With `--activations f32` (the default) the engine's relative error ||a - b|| / ||b|| against the exact
logits b must be at most --max-error. With `--activations q8` the input of every matrix product with a
quantised weight is also rounded to int8 in float64, --block values (32) to a scale of absmax / 127; the
error of that simulation is the yardstick, and the engine's error must be at most --max-ratio times as
large.

Without --logits it only computes: --write saves the float64 pass's logits as float32, --greedy N prints
the N most likely tokens that follow, each fed back in turn.

Exit codes: 0 within the limit, 1 outside it, 2 bad usage or a model this script cannot read.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass

import numpy as np
from gguf import GGUFReader, GGMLQuantizationType
from gguf.quants import dequantize

# Types whose inputs stay as they are even when the activations of quantised weights are rounded.
FLOAT_TYPES = {GGMLQuantizationType.F32, GGMLQuantizationType.F16, GGMLQuantizationType.BF16}


class ModelError(Exception):
    """The file is not a model that this script can run."""


@dataclass
class Weight:
    """One tensor in float64, [rows, columns] or [columns], and whether the file stored it quantised."""

    values: np.ndarray
    quantised: bool


@dataclass
class Shape:
    """The numbers of a dense decoder, as the GGUF metadata states them."""

    arch: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    rope_dims: int
    rope_base: float
    rms_eps: float


class Model:
    """A dense decoder whose weights are held in float64."""

    def __init__(self, path: str):
        reader = GGUFReader(path)
        self.fields = reader.fields
        self.arch = self.value("general.architecture")
        if self.arch not in ("llama", "qwen2", "qwen3"):
            raise ModelError(f"architecture {self.arch!r}: only llama, qwen2 and qwen3 are known here")
        hidden = self.key("embedding_length")
        heads = self.key("attention.head_count")
        head_dim = self.key("attention.key_length", hidden // heads)
        if self.key("attention.value_length", head_dim) != head_dim:
            raise ModelError("key and value heads of different length are not supported here")
        self.shape = Shape(
            arch=self.arch,
            layers=self.key("block_count"),
            hidden=hidden,
            heads=heads,
            kv_heads=self.key("attention.head_count_kv", heads),
            head_dim=head_dim,
            rope_dims=self.key("rope.dimension_count", head_dim),
            rope_base=float(self.key("rope.freq_base", 10000.0)),
            rms_eps=float(self.key("attention.layer_norm_rms_epsilon")),
        )
        self.tensors: dict[str, Weight] = {}
        self.types: dict[str, str] = {}
        for t in reader.tensors:
            values = dequantize(t.data, t.tensor_type).astype(np.float64)
            values = values.reshape(tuple(int(n) for n in reversed(t.shape)))
            self.tensors[t.name] = Weight(values, t.tensor_type not in FLOAT_TYPES)
            self.types[t.name] = t.tensor_type.name

    def value(self, name: str, default=None):
        """The metadata value called `name`; an error when it is absent and has no default."""
        field = self.fields.get(name)
        if field is None:
            if default is None:
                raise ModelError(f"metadata key {name} is missing")
            return default
        return field.contents()

    def key(self, name: str, default=None):
        """The metadata value of this architecture called `name`."""
        return self.value(f"{self.arch}.{name}", default)

    def weight(self, name: str) -> Weight:
        """The tensor `name`; an error when the file lacks it."""
        if name not in self.tensors:
            raise ModelError(f"tensor {name} is missing")
        return self.tensors[name]

    def optional(self, name: str):
        """The values of the tensor `name`, or None."""
        found = self.tensors.get(name)
        return None if found is None else found.values


def rope_angles(model: Model, positions: int) -> tuple[np.ndarray, float]:
    """Angles [positions, rope_dims / 2] and the factor on sine and cosine, scaling variants included."""
    s = model.shape
    half = s.rope_dims // 2
    index = np.arange(half, dtype=np.float64)
    frequency = s.rope_base ** (-2.0 * index / s.rope_dims)
    magnitude = 1.0

    # llama3 scaling arrives as one divisor per frequency.
    factors = model.optional("rope_freqs.weight")
    if factors is not None:
        frequency = frequency / factors

    factor = float(model.key("rope.scaling.factor", model.key("rope.scale_linear", 0.0)) or 1.0)
    # A factor without a type means linear.
    kind = model.key("rope.scaling.type", "linear")
    if kind == "none":
        pass
    elif kind == "linear":
        frequency = frequency / factor
    elif kind == "yarn":
        frequency, magnitude = yarn(model, frequency, factor)
    else:
        raise ModelError(f"rope.scaling.type {kind!r} is not supported here")
    return np.outer(np.arange(positions, dtype=np.float64), frequency), magnitude


def yarn(model: Model, frequency: np.ndarray, factor: float) -> tuple[np.ndarray, float]:
    """YaRN (arXiv 2309.00071): fast dimensions keep their frequency, slow ones are interpolated."""
    s = model.shape
    original = model.key("rope.scaling.original_context_length", model.key("context_length"))
    fast = float(model.key("rope.scaling.yarn_beta_fast", 32.0))
    slow = float(model.key("rope.scaling.yarn_beta_slow", 1.0))
    mix = float(model.key("rope.scaling.yarn_ext_factor", 1.0))

    def dimension(rotations: float) -> float:
        turns = math.log(original / (rotations * 2 * math.pi))
        return s.rope_dims * turns / (2 * math.log(s.rope_base))

    low = max(0.0, math.floor(dimension(fast)))
    high = min(s.rope_dims - 1.0, math.ceil(dimension(slow)))
    ramp = (np.arange(len(frequency)) - low) / max(0.001, high - low)
    keep = (1.0 - np.clip(ramp, 0.0, 1.0)) * mix
    magnitude = 1.0 + 0.1 * math.log(factor) if factor > 1 else 1.0
    magnitude *= float(model.key("rope.scaling.attn_factor", 1.0))
    return frequency / factor * (1.0 - keep) + frequency * keep, magnitude


def rotate(x: np.ndarray, angles: np.ndarray, magnitude: float, interleaved: bool) -> np.ndarray:
    """Rotary embedding of x [positions, heads, head_dim].

    llama files pair neighbours (0,1), (2,3), ...; qwen files pair the two halves (0,n/2), (1,n/2+1), ...
    """
    dims = 2 * angles.shape[1]
    sine = (np.sin(angles) * magnitude)[:, None, :]
    cosine = (np.cos(angles) * magnitude)[:, None, :]
    if interleaved:
        first, second = slice(0, dims, 2), slice(1, dims, 2)
    else:
        first, second = slice(0, dims // 2), slice(dims // 2, dims)
    a, b = x[..., first], x[..., second]
    out = x.copy()
    out[..., first] = a * cosine - b * sine
    out[..., second] = a * sine + b * cosine
    return out


def rms_norm(x: np.ndarray, weight: np.ndarray, eps: float) -> np.ndarray:
    """x / sqrt(mean(x^2) + eps) * weight over the last axis."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * weight


def round_to_int8(x: np.ndarray, size: int) -> np.ndarray:
    """x as int8 in blocks of `size` along the last axis, scale = absmax / 127, back in float64."""
    if x.shape[-1] % size != 0:
        raise ModelError(f"a row of {x.shape[-1]} values has no whole number of blocks of {size}")
    blocks = x.reshape(*x.shape[:-1], x.shape[-1] // size, size)
    scale = np.max(np.abs(blocks), axis=-1, keepdims=True) / 127.0
    safe = np.where(scale == 0.0, 1.0, scale)
    return (np.rint(blocks / safe) * scale).reshape(x.shape)


def softmax(x: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def logits(model: Model, ids: list[int], activations: str = "f32", block: int = 32) -> np.ndarray:
    """Float64 logits [len(ids), vocabulary] of one sequence that starts at position 0."""
    s = model.shape
    embedding = model.weight("token_embd.weight")
    bad = [i for i in ids if not 0 <= i < embedding.values.shape[0]]
    if bad:
        raise ModelError(f"ids {bad} are outside the vocabulary of {embedding.values.shape[0]}")

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        w = model.weight(f"{name}.weight")
        if activations == "q8" and w.quantised:
            x = round_to_int8(x, block)
        y = x @ w.values.T
        bias = model.optional(f"{name}.bias")
        return y if bias is None else y + bias

    count = len(ids)
    angles, magnitude = rope_angles(model, count)
    interleaved = s.arch == "llama"
    mask = np.triu(np.full((count, count), -np.inf), k=1)
    x = embedding.values[ids]
    for layer in range(s.layers):
        name = f"blk.{layer}."
        h = rms_norm(x, model.weight(name + "attn_norm.weight").values, s.rms_eps)
        q = linear(h, name + "attn_q").reshape(count, s.heads, s.head_dim)
        k = linear(h, name + "attn_k").reshape(count, s.kv_heads, s.head_dim)
        v = linear(h, name + "attn_v").reshape(count, s.kv_heads, s.head_dim)
        if (norm := model.optional(name + "attn_q_norm.weight")) is not None:
            q = rms_norm(q, norm, s.rms_eps)
        if (norm := model.optional(name + "attn_k_norm.weight")) is not None:
            k = rms_norm(k, norm, s.rms_eps)
        q = rotate(q, angles, magnitude, interleaved)
        k = rotate(k, angles, magnitude, interleaved)
        k = np.repeat(k, s.heads // s.kv_heads, axis=1)
        v = np.repeat(v, s.heads // s.kv_heads, axis=1)
        scores = np.einsum("qhd,khd->hqk", q, k) / math.sqrt(s.head_dim) + mask
        mixed = np.einsum("hqk,khd->qhd", softmax(scores), v).reshape(count, -1)
        x = x + linear(mixed, name + "attn_output")
        h = rms_norm(x, model.weight(name + "ffn_norm.weight").values, s.rms_eps)
        gate = linear(h, name + "ffn_gate")
        x = x + linear(gate / (1.0 + np.exp(-gate)) * linear(h, name + "ffn_up"), name + "ffn_down")
    h = rms_norm(x, model.weight("output_norm.weight").values, s.rms_eps)
    return linear(h, "output" if "output.weight" in model.tensors else "token_embd")


def greedy(model: Model, ids: list[int], count: int, activations: str = "f32"):
    """The `count` most likely next tokens, each fed back, and the smallest lead over a runner-up."""
    tokens, margin = list(ids), math.inf
    for _ in range(count):
        last = logits(model, tokens, activations)[-1]
        best = np.argsort(last)[::-1][:2]
        margin = min(margin, float(last[best[0]] - last[best[1]]))
        tokens.append(int(best[0]))
    return tokens[len(ids):], margin


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """||a - b|| / ||b|| over all positions."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def arguments() -> argparse.Namespace:
    """Parses the command line; usage errors exit with 2."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("model", help="GGUF file")
    p.add_argument("--ids", required=True, help="token ids, comma separated")
    p.add_argument("--logits", help=".npy of the engine, [positions, vocabulary], float32")
    p.add_argument("--activations", choices=["f32", "q8"], default="f32")
    p.add_argument("--block", type=int, choices=[32, 64, 128, 256], default=32,
                   help="values that share a scale in the q8 simulation")
    p.add_argument("--max-error", type=float, default=1e-3, help="limit for f32 activations")
    p.add_argument("--max-ratio", type=float, default=1.3, help="limit for q8 activations")
    p.add_argument("--greedy", type=int, default=0, metavar="N", help="print N greedy tokens")
    p.add_argument("--write", help="save the float64 pass's logits here as a float32 .npy")
    return p.parse_args()


def compare(got: np.ndarray, exact: np.ndarray, simulated, options) -> tuple[dict, bool]:
    """The figures that describe `got`, and whether they are within the limits."""
    report = {
        "relative_error": relative_error(got, exact),
        "max_abs_error": float(np.max(np.abs(got - exact))),
        "argmax_agreement": float(np.mean(got.argmax(-1) == exact.argmax(-1))),
    }
    if simulated is None:
        report["limit"] = options.max_error
    else:
        yardstick = relative_error(simulated, exact)
        report["simulated_q8_error"] = yardstick
        report["ratio"] = report["relative_error"] / yardstick if yardstick > 0 else None
        # Nothing is rounded in a model without quantised weights; then the limit for floats holds.
        report["limit"] = max(options.max_ratio * yardstick, options.max_error)
    # `not <=` rather than `>`: a NaN fails.
    return report, report["relative_error"] <= report["limit"]


def main() -> int:
    """Runs the check; returns the exit code."""
    options = arguments()
    try:
        ids = [int(i) for i in options.ids.split(",")]
        model = Model(options.model)
        exact = logits(model, ids)
        simulated = None
        if options.activations == "q8":
            simulated = logits(model, ids, "q8", options.block)
        got = None if options.logits is None else np.load(options.logits, allow_pickle=False)
    except (ModelError, ValueError, OSError) as problem:
        print(f"check_logits: {problem}", file=sys.stderr)
        return 2

    reference = exact if simulated is None else simulated
    report: dict = {"model": options.model, "activations": options.activations}
    if options.write:
        np.save(options.write, reference.astype(np.float32))
    if options.greedy:
        tokens, margin = greedy(model, ids, options.greedy, options.activations)
        report["greedy"], report["greedy_margin"] = tokens, margin
    passed = True
    if got is not None:
        if got.shape != exact.shape:
            print(f"check_logits: {options.logits} has shape {got.shape}, expected {exact.shape}",
                  file=sys.stderr)
            return 2
        figures, passed = compare(got, exact, simulated, options)
        report.update(figures, passed=passed)
    elif simulated is not None:
        report["simulated_q8_error"] = relative_error(simulated, exact)
    print(json.dumps(report, indent=2))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
