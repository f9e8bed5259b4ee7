// SPDX-License-Identifier: Apache-2.0

extension ModelShape {
  /// HuggingFaceTB/SmolLM2-135M (dimensions: its config.json).
  package static let smolLM135M = ModelShape(
    name: "smollm2-135m", architecture: .llama, hiddenSize: 576, layerCount: 30, headCount: 9,
    keyValueHeadCount: 3, headDimension: 64, feedForwardSize: 1536, vocabularySize: 49_152,
    contextLength: 8192, normEpsilon: 1e-5, ropeBase: 100_000, tiedEmbeddings: true,
    tokenizer: .byteLevelBPE(pre: "gpt-2"))
}
