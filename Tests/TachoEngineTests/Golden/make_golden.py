#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden models and logits beside this file; README.md says what each one is for.

    python make_golden.py --llama-bin DIR

DIR holds a built llama-quantize. Packages and their versions are in README.md.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from golden_tokenizers import VOCABULARY, ByteLevel, SentencePiece, sample_ids

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "ci" / "peers"))
import check_logits as checker  # noqa: E402

# The input of every case: repeats, both ends of the vocabulary, control and byte tokens.
IDS = [1, 15, 7, 261, 100, 100, 33, 271, 7, 15, 259, 287, 0, 64, 200, 33, 33, 1, 280, 150, 7, 15, 99, 42]
GREEDY = 16
# A lead this large over the runner-up survives every float32 rounding and an f16 KV cache.
MIN_MARGIN = 0.05
QUANTISED = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]
PRESETS = {"Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"}
TORCH_TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


@dataclass
class Design:
    """A random model: its shape, its vocabulary and how its rotary embedding is scaled."""

    name: str
    arch: str
    tokenizer: object
    layers: int = 2
    hidden: int = 64
    heads: int = 4
    kv_heads: int = 2
    head_dim: int | None = None
    ffn: int = 160
    tied: bool = False
    rope_base: float = 10000.0
    rms_eps: float = 1e-5
    rope: dict = field(default_factory=dict)
    context: int = 256
    dtype: str = "f16"
    exact_in_bf16: bool = True

    @property
    def head(self) -> int:
        """Values per head."""
        return self.head_dim or self.hidden // self.heads


def designs() -> list[list[Design]]:
    """The models that have a Hugging Face folder; those of one group share their weights."""
    def llama(name, **rope):
        return Design(name, "llama", ByteLevel("llama"), layers=1, head_dim=32, ffn=96, tied=True,
                      rms_eps=1e-3, dtype="f32", rope=rope)

    return [
        [Design("llama", "llama", SentencePiece(), dtype="f16")],
        [Design("qwen2", "qwen2", ByteLevel("qwen"), tied=True, rope_base=1e6, rms_eps=1e-6,
                dtype="bf16")],
        [Design("qwen3", "qwen3", ByteLevel("qwen"), head_dim=32, rope_base=1e6, rms_eps=1e-6,
                dtype="f16")],
        [
            llama("llama-rope-linear", rope_type="linear", factor=4.0),
            llama("llama-rope-llama3", rope_type="llama3", factor=8.0, low_freq_factor=1.0,
                  high_freq_factor=4.0, original_max_position_embeddings=64),
            llama("llama-rope-yarn", rope_type="yarn", factor=4.0,
                  original_max_position_embeddings=64),
        ],
    ]


def weights(d: Design, seed: int) -> dict[str, np.ndarray]:
    """Random weights under their Hugging Face names; every value is exact in f16."""
    rng = np.random.default_rng(seed)

    def exact(x: np.ndarray) -> np.ndarray:
        if d.exact_in_bf16:
            x = torch.from_numpy(x.astype(np.float32)).bfloat16().float().numpy()
            # Below f16's normal range a bfloat16 has bits that f16 lacks.
            x = np.where(np.abs(x) < 2.0**-14, 0, x)
        return x.astype(np.float16).astype(np.float32)

    def matrix(rows, columns, gain):
        return exact(rng.standard_normal((rows, columns)) * gain / math.sqrt(columns))

    def vector(count, mean, spread):
        return exact(mean + spread * rng.standard_normal(count))

    h, q, kv = d.hidden, d.heads * d.head, d.kv_heads * d.head
    w = {"model.embed_tokens.weight": matrix(VOCABULARY, h, 2.0)}
    for i in range(d.layers):
        p = f"model.layers.{i}."
        w[p + "input_layernorm.weight"] = vector(h, 1.0, 0.2)
        w[p + "self_attn.q_proj.weight"] = matrix(q, h, 1.4)
        w[p + "self_attn.k_proj.weight"] = matrix(kv, h, 1.4)
        w[p + "self_attn.v_proj.weight"] = matrix(kv, h, 1.0)
        w[p + "self_attn.o_proj.weight"] = matrix(h, q, 1.2)
        if d.arch == "qwen2":
            for letter, count in [("q", q), ("k", kv), ("v", kv)]:
                w[p + f"self_attn.{letter}_proj.bias"] = vector(count, 0.0, 0.5)
        if d.arch == "qwen3":  # these norms set the gain of q and k
            w[p + "self_attn.q_norm.weight"] = vector(d.head, 1.4, 0.3)
            w[p + "self_attn.k_norm.weight"] = vector(d.head, 1.4, 0.3)
        w[p + "post_attention_layernorm.weight"] = vector(h, 1.0, 0.2)
        w[p + "mlp.gate_proj.weight"] = matrix(d.ffn, h, 1.5)
        w[p + "mlp.up_proj.weight"] = matrix(d.ffn, h, 1.2)
        w[p + "mlp.down_proj.weight"] = matrix(h, d.ffn, 1.2)
    w["model.norm.weight"] = vector(h, 1.0, 0.2)
    if not d.tied:
        w["lm_head.weight"] = matrix(VOCABULARY, h, 2.0)
    return w


def config(d: Design) -> dict:
    """The contents of config.json; the three ways of writing rope scaling seen in the wild."""
    c = {
        "architectures": [{"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM",
                           "qwen3": "Qwen3ForCausalLM"}[d.arch]],
        "model_type": d.arch, "hidden_act": "silu", "hidden_size": d.hidden,
        "intermediate_size": d.ffn, "num_hidden_layers": d.layers, "num_attention_heads": d.heads,
        "num_key_value_heads": d.kv_heads, "max_position_embeddings": d.context,
        "rms_norm_eps": d.rms_eps, "rope_theta": d.rope_base,
        "tie_word_embeddings": d.tied, "vocab_size": VOCABULARY,
        "torch_dtype": {"f32": "float32", "f16": "float16", "bf16": "bfloat16"}[d.dtype],
        "bos_token_id": 1 if isinstance(d.tokenizer, SentencePiece) else d.tokenizer.bos,
        "eos_token_id": 2 if isinstance(d.tokenizer, SentencePiece) else d.tokenizer.eos,
    }
    if d.head_dim:
        c["head_dim"] = d.head_dim
    if d.arch == "llama":
        c |= {"attention_bias": False, "mlp_bias": False}
    kind = d.rope.get("rope_type")
    if kind == "linear":  # the oldest spelling
        c["rope_scaling"] = {"type": "linear", "factor": d.rope["factor"]}
    elif kind == "llama3":
        c["rope_scaling"] = d.rope
    elif kind == "yarn":  # the newest spelling, which holds the base as well
        c["rope_parameters"] = d.rope | {"rope_theta": c.pop("rope_theta")}
    return c


def write_hugging_face(d: Design, w: dict[str, np.ndarray], folder: Path) -> None:
    """Writes config.json, the weights and the tokenizer; qwen3's weights in two shards."""
    folder.mkdir(parents=True, exist_ok=True)

    def put(name, value):
        (folder / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    put("config.json", config(d))
    put("tokenizer.json", d.tokenizer.document())
    put("tokenizer_config.json", d.tokenizer.settings)
    tensors = {n: torch.from_numpy(x).to(TORCH_TYPES[d.dtype]) for n, x in w.items()}
    if d.arch != "qwen3":
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    second = {n for n in tensors if n.startswith("model.layers.1.") or n == "lm_head.weight"}
    places = {}
    for number, names in [(1, tensors.keys() - second), (2, second)]:
        name = f"model-{number:05}-of-00002.safetensors"
        save_file({n: tensors[n] for n in sorted(names)}, folder / name, metadata={"format": "pt"})
        places |= {n: name for n in names}
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    put("model.safetensors.index.json",
        {"metadata": {"total_size": size}, "weight_map": dict(sorted(places.items()))})


def run_transformers(folder: Path) -> tuple[np.ndarray, list[int], float]:
    """Float32 logits [24, vocabulary], 16 greedy tokens and their smallest lead."""
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    model.eval()
    tokens, margin, first = list(IDS), math.inf, None
    with torch.no_grad():
        for _ in range(GREEDY):
            out = model(torch.tensor([tokens])).logits[0].float().numpy()
            first = out if first is None else first
            best = np.argsort(out[-1])[::-1][:2]
            margin = min(margin, float(out[-1][best[0]] - out[-1][best[1]]))
            tokens.append(int(best[0]))
    return first, tokens[len(IDS):], margin


def interleave(x: np.ndarray, heads: int) -> np.ndarray:
    """Rows of q or k reordered so that rotary pairs are neighbours, as llama GGUF files have them."""
    half = x.shape[0] // heads // 2
    return x.reshape(heads, 2, half, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


def rope_factors(d: Design) -> np.ndarray:
    """llama3 scaling as one divisor per frequency (rope_freqs.weight)."""
    original, low, high = (d.rope[k] for k in (
        "original_max_position_embeddings", "low_freq_factor", "high_freq_factor"))
    wave = 2 * math.pi * d.rope_base ** (np.arange(0, d.head, 2) / d.head)
    smooth = np.clip((original / wave - low) / (high - low), 0.0, 1.0)
    return (1.0 / ((1.0 - smooth) / d.rope["factor"] + smooth)).astype(np.float32)


NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
}


def gguf_name(name: str) -> str:
    """The GGUF name of a Hugging Face tensor."""
    stem, kind = name.rsplit(".", 1)
    if stem.startswith("model.layers."):
        _, _, index, rest = stem.split(".", 3)
        return f"blk.{index}.{NAMES[rest]}.{kind}"
    return f"{NAMES[stem]}.{kind}"


def write_gguf(d: Design, w: dict[str, np.ndarray], path: Path, kind: str) -> None:
    """Writes the model as F32, F16 or BF16; vectors stay F32."""
    path.parent.mkdir(parents=True, exist_ok=True)
    out = gguf.GGUFWriter(path, d.arch)
    out.add_type("model")
    out.add_name(f"tacho golden {d.name}")
    file_type = {"F32": "ALL_F32", "F16": "MOSTLY_F16", "BF16": "MOSTLY_BF16"}[kind]
    out.add_file_type(gguf.LlamaFileType[file_type])
    out.add_quantization_version(gguf.GGML_QUANT_VERSION)
    c = config(d)
    out.add_block_count(d.layers)
    out.add_context_length(d.context)
    out.add_embedding_length(d.hidden)
    out.add_feed_forward_length(d.ffn)
    out.add_head_count(d.heads)
    out.add_head_count_kv(d.kv_heads)
    out.add_layer_norm_rms_eps(c["rms_norm_eps"])
    out.add_rope_freq_base(d.rope_base)
    # Without these keys a reader divides the width by the heads; the plain models leave them out.
    if d.head_dim:
        out.add_key_length(d.head)
        out.add_value_length(d.head)
    if d.arch == "llama":
        out.add_vocab_size(VOCABULARY)
        out.add_rope_dimension_count(d.head)
    scaling = d.rope.get("rope_type")
    if scaling in ("linear", "yarn"):
        out.add_rope_scaling_type(gguf.RopeScalingType(scaling))
        out.add_rope_scaling_factor(d.rope["factor"])
    if scaling == "yarn":
        out.add_rope_scaling_orig_ctx_len(d.rope["original_max_position_embeddings"])
    d.tokenizer.add_to(out)
    if scaling == "llama3":
        out.add_tensor("rope_freqs.weight", rope_factors(d))
    for name, x in w.items():
        if d.arch == "llama" and ".q_proj." in name:
            x = interleave(x, d.heads)
        if d.arch == "llama" and ".k_proj." in name:
            x = interleave(x, d.kv_heads)
        stored = gguf.GGMLQuantizationType[kind if x.ndim > 1 else "F32"]
        data = x if stored.name == "F32" else quantize(x, stored)
        out.add_tensor(gguf_name(name), np.ascontiguousarray(data), raw_dtype=stored)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def fitting_seed(group: list[Design], first: int) -> int:
    """The first seed whose greedy tokens have a clear lead and are varied, in every model of the group."""
    for seed in range(first, first + 500):
        with tempfile.TemporaryDirectory() as folder:
            w = weights(group[0], seed)
            for d in group:
                write_hugging_face(d, w, Path(folder) / d.name)
                _, tokens, margin = run_transformers(Path(folder) / d.name)
                if margin < MIN_MARGIN or len(set(tokens)) < 8:
                    break
            else:
                return seed
    raise SystemExit(f"no seed from {first} fits {group[0].name}")


def float_cases(expected: dict) -> None:
    """Writes the models with a Hugging Face folder, their GGUF files and what they should answer."""
    for number, group in enumerate(designs()):
        seed = fitting_seed(group, 1000 * (number + 1))
        w = weights(group[0], seed)
        for d in group:
            folder = HERE / "hf" / d.name
            write_hugging_face(d, w, folder)
            out, tokens, margin = run_transformers(folder)
            np.save(HERE / "logits" / f"{d.name}.npy", out)
            case = {
                "arch": d.arch, "logits": f"logits/{d.name}.npy", "greedy": tokens,
                "greedy_margin": round(margin, 4), "q8_activations_error": None, "made_by": "transformers",
                "seed": seed,
            }
            expected["cases"].append({"model": f"hf/{d.name}", "format": d.dtype} | case)
            expected["tokens"].append({"model": f"hf/{d.name}", "samples": sample_ids(d.tokenizer)})
            for kind in ["F32", "F16", "BF16"] if d.name == "llama" else ["F16"]:
                name = f"gguf/{d.name}-{kind.lower()}.gguf"
                write_gguf(d, w, HERE / name, kind)
                mine = checker.logits(checker.Model(str(HERE / name)), IDS)
                error = checker.relative_error(out, mine)
                assert error < 1e-5, (name, error)
                print(f"{name}: transformers against float64 {error:.2e}, margin {margin:.3f}")
                expected["cases"].append({"model": name, "format": kind.lower()} | case)


def quantised_cases(expected: dict, tool: Path) -> None:
    """Quantises two models with llama-quantize and records what float64 makes of the result."""
    one = Design("llama256", "llama", SentencePiece(), layers=1, hidden=256, ffn=256, tied=True,
                 exact_in_bf16=False)
    two = Design("llama256x2", "llama", SentencePiece(), layers=2, hidden=256, ffn=256,
                 exact_in_bf16=False)
    jobs = [(one, 5000, kind, PRESETS.get(kind, kind), True) for kind in QUANTISED]
    jobs.append((two, 6000, "Q4_K_M", "Q4_K_M", False))
    with tempfile.TemporaryDirectory() as scratch:
        for d, seed, label, preset, pure in jobs:
            source = Path(scratch) / f"{d.name}.gguf"
            if not source.exists():
                write_gguf(d, weights(d, seed), source, "F16")
            stem = f"{d.name}-{label.lower()}"
            path = HERE / "gguf" / f"{stem}.gguf"
            command = [tool, *(["--pure"] if pure else []), source, path, preset, "1"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            model = checker.Model(str(path))
            kinds = {t for n, t in model.types.items() if "norm" not in n}
            assert not pure or kinds == {label}, (stem, kinds)
            out = checker.logits(model, IDS)
            np.save(HERE / "logits" / f"{stem}.npy", out.astype(np.float32))
            tokens, margin = checker.greedy(model, IDS, GREEDY)
            rounded = checker.relative_error(checker.logits(model, IDS, "q8"), out)
            unquantised = checker.logits(checker.Model(str(source)), IDS)
            loss = checker.relative_error(out, unquantised)
            print(f"{stem}: types {sorted(kinds)}, q8 activations {rounded:.5f}, weights {loss:.4f}")
            expected["cases"].append({
                "model": f"gguf/{stem}.gguf", "format": label.lower(), "arch": d.arch,
                "logits": f"logits/{stem}.npy", "greedy": tokens, "greedy_margin": round(margin, 4),
                "q8_activations_error": round(rounded, 6), "weight_error": round(loss, 6),
                "made_by": "llama-quantize", "seed": seed})


def main() -> None:
    """Replaces hf, gguf, logits and expected.json beside this file."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--llama-bin", type=Path, required=True, help="folder that holds llama-quantize")
    options = p.parse_args()
    tool = options.llama_bin / "llama-quantize"
    if not tool.is_file():
        p.error(f"{tool} does not exist")
    torch.set_num_threads(1)
    for name in ("hf", "gguf", "logits"):
        shutil.rmtree(HERE / name, ignore_errors=True)
        (HERE / name).mkdir()
    expected: dict = {"ids": IDS, "positions": len(IDS), "vocabulary": VOCABULARY, "cases": [],
                      "tokens": []}
    float_cases(expected)
    quantised_cases(expected, tool)
    text = json.dumps(expected, indent=None, ensure_ascii=False)
    # One case per line keeps the file readable and its diffs small.
    text = text.replace('{"model"', '\n{"model"')
    (HERE / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
