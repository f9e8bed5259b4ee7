// SPDX-License-Identifier: Apache-2.0

/// The dimensions of a dense decoder: all that decides how fast it runs, and none of its weights.
///
/// To add a shape: one file in this folder with a constant, one line in `ModelShapes.swift`.
package struct ModelShape: Sendable, Hashable {
  /// The layer family, by its name in GGUF metadata.
  package enum Architecture: String, Sendable, CaseIterable {
    case llama, qwen2, qwen3
  }

  /// The kind of vocabulary a synthesised model gets.
  package enum Tokenizer: Sendable, Hashable {
    /// SentencePiece-style: `tokenizer.ggml.model` is "llama".
    case sentencePiece
    /// Byte-level BPE with the pre-tokenizer named in `tokenizer.ggml.pre`.
    case byteLevelBPE(pre: String)
  }

  /// Llama 3's stretching of slow rotations, stored as per-frequency factors.
  package struct Llama3Scaling: Sendable, Hashable {
    package let factor: Double
    package let lowFrequencyFactor: Double
    package let highFrequencyFactor: Double
    package let originalContext: Int

    package init(
      factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int
    ) {
      self.factor = factor
      self.lowFrequencyFactor = lowFrequencyFactor
      self.highFrequencyFactor = highFrequencyFactor
      self.originalContext = originalContext
    }
  }

  package var name: String
  package var architecture: Architecture
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var keyValueHeadCount: Int
  package var headDimension: Int
  package var feedForwardSize: Int
  package var vocabularySize: Int
  package var contextLength: Int
  package var normEpsilon: Double
  package var ropeBase: Double
  package var ropeScaling: Llama3Scaling?
  /// Whether the output projection is the embedding matrix.
  package var tiedEmbeddings: Bool
  package var tokenizer: Tokenizer

  package init(
    name: String, architecture: Architecture, hiddenSize: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int, headDimension: Int, feedForwardSize: Int, vocabularySize: Int,
    contextLength: Int, normEpsilon: Double = 1e-5, ropeBase: Double = 10_000,
    ropeScaling: Llama3Scaling? = nil, tiedEmbeddings: Bool, tokenizer: Tokenizer
  ) {
    self.name = name
    self.architecture = architecture
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headDimension = headDimension
    self.feedForwardSize = feedForwardSize
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.ropeBase = ropeBase
    self.ropeScaling = ropeScaling
    self.tiedEmbeddings = tiedEmbeddings
    self.tokenizer = tokenizer
  }

  /// The number of weights of a model of this shape.
  package var parameterCount: Int {
    tensors.reduce(0) { $0 + $1.dimensions.reduce(1, *) }
  }
}
