// SPDX-License-Identifier: Apache-2.0

extension ModelShape {
  /// TinyLlama/TinyLlama-1.1B-Chat-v1.0 (dimensions: its config.json).
  package static let tinyLlama1B = ModelShape(
    name: "tinyllama-1.1b", architecture: .llama, hiddenSize: 2048, layerCount: 22, headCount: 32,
    keyValueHeadCount: 4, headDimension: 64, feedForwardSize: 5632, vocabularySize: 32_000,
    contextLength: 2048, normEpsilon: 1e-5, ropeBase: 10_000, tiedEmbeddings: false,
    tokenizer: .sentencePiece)
}
