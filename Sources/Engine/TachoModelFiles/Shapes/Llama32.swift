// SPDX-License-Identifier: Apache-2.0

extension ModelShape {
  /// meta-llama/Llama-3.2-1B (dimensions and RoPE scaling: its config.json).
  package static let llama32 = ModelShape(
    name: "llama3.2-1b", architecture: .llama, hiddenSize: 2048, layerCount: 16, headCount: 32,
    keyValueHeadCount: 8, headDimension: 64, feedForwardSize: 8192, vocabularySize: 128_256,
    contextLength: 131_072, normEpsilon: 1e-5, ropeBase: 500_000,
    ropeScaling: Llama3Scaling(
      factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192),
    tiedEmbeddings: true, tokenizer: .byteLevelBPE(pre: "llama-bpe"))
}
