// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// The shapes that can be synthesised by name.
package enum ModelShapes {
  package static let all = Catalog<ModelShape>(
    "model shape",
    [
      .init("smollm2-135m", "SmolLM2 135M: 30 narrow layers, tied embeddings") { .smolLM135M },
      .init("qwen2.5-0.5b", "Qwen2.5 0.5B: large vocabulary, biases, 2 KV heads") { .qwen25 },
      .init("tinyllama-1.1b", "TinyLlama 1.1B: Llama 2's layout, small") { .tinyLlama1B },
      .init("llama3.2-1b", "Llama 3.2 1B: scaled RoPE, 128k tokens") { .llama32 },
      .init("tiny-llama", "2 layers of 256 for tests, llama") { .tinyLlama },
      .init("tiny-qwen2", "2 layers of 256 for tests, qwen2") { .tinyQwen2 },
      .init("tiny-qwen3", "2 layers of 256 for tests, qwen3") { .tinyQwen3 },
    ])

  /// A shape by name, or one spelt out: `custom:hidden=...,layers=...` (see `CustomShape`).
  package static func shape(_ name: String) throws -> ModelShape {
    if name.hasPrefix(CustomShape.prefix) { return try CustomShape.parse(name) }
    return try all.make(name)
  }
}
