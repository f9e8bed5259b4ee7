// SPDX-License-Identifier: Apache-2.0

extension ModelShape {
  /// The smallest llama whose every row holds whole K-format blocks.
  package static let tinyLlama = tiny(.llama, tied: false, .sentencePiece)

  /// As `tinyLlama` with biases and tied embeddings.
  package static let tinyQwen2 = tiny(.qwen2, tied: true, .byteLevelBPE(pre: "qwen2"))

  /// As `tinyLlama` with normed queries and keys.
  package static let tinyQwen3 = tiny(.qwen3, tied: false, .byteLevelBPE(pre: "qwen2"))

  private static func tiny(
    _ architecture: Architecture, tied: Bool, _ tokenizer: Tokenizer
  ) -> ModelShape {
    ModelShape(
      name: "tiny-\(architecture.rawValue)", architecture: architecture, hiddenSize: 256,
      layerCount: 2, headCount: 4, keyValueHeadCount: 2, headDimension: 64, feedForwardSize: 768,
      vocabularySize: 512, contextLength: 2048, normEpsilon: 1e-6, tiedEmbeddings: tied,
      tokenizer: tokenizer)
  }
}
