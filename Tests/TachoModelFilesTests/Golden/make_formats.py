# SPDX-License-Identifier: Apache-2.0
"""Writes formats.gguf, the golden data of FormatTests and of the GGUF reader.

    python3 -m venv venv && venv/bin/pip install gguf==0.19.0 numpy==2.4.6
    venv/bin/python make_formats.py

For each format F:
    F.random      random blocks of the format (every code, random half-float scales)
    F.random.f32  the same, dequantised by gguf-py
    F.quantized   `input`, quantised by gguf-py (formats that gguf-py can quantise)
"""
import os

import gguf
import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type, quants

NAMES = "F16 BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K".split()
# Byte offsets of the half floats in a block: random bits there would give infinities.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82],
    "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "F16": [0], "BF16": [0],
}
WEIGHTS = 512

random = np.random.default_rng(20250101)
here = os.path.dirname(os.path.abspath(__file__))
writer = gguf.GGUFWriter(os.path.join(here, "formats.gguf"), "llama")
writer.add_array("tokenizer.ggml.tokens", ["<unk>", "\u2581caf\u00e9", "\U0001f680"])
writer.add_array("tokenizer.ggml.scores", [0.0, -1.5, -2.0])
writer.add_array("tokenizer.ggml.token_type", [2, 1, 1])
writer.add_float32("llama.rope.freq_base", 10000.0)
writer.add_bool("tokenizer.ggml.add_bos_token", True)
writer.add_uint64("big", 1 << 40)

# Rows of ordinary, tiny and large values, a row of one value, and one with zeros in it.
values = random.standard_normal((16, 32)).astype(np.float32)
values *= np.logspace(-6, 3, 16, dtype=np.float32)[:, None]
values[3] = 0.25
values[7, 10:] = 0.0
values[11] = 0.0
writer.add_tensor("input", values.reshape(-1))

for name in NAMES:
    kind = Type[name]
    weights, size = GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (WEIGHTS // weights, size), dtype=np.uint8)
    scales = (random.standard_normal((len(blocks), len(HALVES[name]))) * 0.1).astype(np.float16)
    for column, at in enumerate(HALVES[name]):
        blocks[:, at : at + 2] = scales[:, column : column + 1].view(np.uint8)
    exact = quants.dequantize(blocks, kind).astype(np.float32).reshape(-1)
    writer.add_tensor(f"{name.lower()}.random", blocks.reshape(-1), raw_dtype=kind)
    writer.add_tensor(f"{name.lower()}.random.f32", exact)
    try:
        quantized = quants.quantize(values.reshape(-1), kind).view(np.uint8).reshape(-1)
    except NotImplementedError:
        continue
    writer.add_tensor(f"{name.lower()}.quantized", quantized, raw_dtype=kind)

writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
