// SPDX-License-Identifier: Apache-2.0

extension ModelShape {
  /// Qwen/Qwen2.5-0.5B (dimensions: its config.json).
  package static let qwen25 = ModelShape(
    name: "qwen2.5-0.5b", architecture: .qwen2, hiddenSize: 896, layerCount: 24, headCount: 14,
    keyValueHeadCount: 2, headDimension: 64, feedForwardSize: 4864, vocabularySize: 151_936,
    contextLength: 32_768, normEpsilon: 1e-6, ropeBase: 1_000_000, tiedEmbeddings: true,
    tokenizer: .byteLevelBPE(pre: "qwen2"))
}
