# SPDX-License-Identifier: Apache-2.0
# Prints the frequencies and magnitudes in RotaryEmbeddingTests.swift, from transformers 5.23.0 and
# torch 2.13.0: python rope_frequencies.py
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS


def show(kind, dimension, base, **parameters):
    config = LlamaConfig(
        hidden_size=2 * dimension,
        num_attention_heads=2,
        head_dim=dimension,
        max_position_embeddings=131072,
    )
    config.rope_parameters = {"rope_type": kind, "rope_theta": base, **parameters}
    frequencies, magnitude = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
    print(kind, magnitude, ["%.7g" % f for f in frequencies.double().tolist()])


show("linear", 16, 10000.0, factor=4.0)
show("llama3", 32, 500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
     original_max_position_embeddings=8192)
show("yarn", 32, 1000000.0, factor=4.0, original_max_position_embeddings=32768)
show("yarn", 32, 10000.0, factor=16.0, original_max_position_embeddings=64, beta_fast=8.0,
     beta_slow=2.0, attention_factor=1.5)
