// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// The dense llama family: llama, qwen2 (biases on q, k, v) and qwen3 (norms on each head's q and
/// k).
///
/// What a model has beyond the plain llama is told by the tensors it comes with.
enum DenseDecoder {
  static func build(_ source: any WeightSource, _ shape: ModelConfiguration) throws -> Model {
    let embedding = try source.matrix(
      .tokenEmbedding, rows: shape.vocabulary, columns: shape.width)
    let tied = try source.tensor(.output) == nil
    return Model(
      configuration: shape, embedding: embedding,
      layers: try (0..<shape.layers).map { try layer($0, source, shape) },
      outputNorm: try norm(.outputNorm, source, shape.width, shape),
      output: tied
        ? embedding
        : try source.matrix(.output, rows: shape.vocabulary, columns: shape.width))
  }

  private static func layer(
    _ index: Int, _ source: any WeightSource, _ shape: ModelConfiguration
  ) throws -> DecoderLayer {
    func name(_ part: TensorName.Part) -> TensorName { .layer(index, part) }
    let queries = shape.heads * shape.headDimension
    let keys = shape.kvHeads * shape.headDimension
    func headNorm(_ part: TensorName.Part) throws -> NormWeights? {
      try source.vectorIfPresent(name(part), count: shape.headDimension).map {
        NormWeights(values: $0, epsilon: shape.normEpsilon)
      }
    }
    let mixer = GroupedQueryAttention(
      norm: try norm(name(.attentionNorm), source, shape.width, shape),
      query: try source.matrix(name(.query), rows: queries, columns: shape.width),
      key: try source.matrix(name(.key), rows: keys, columns: shape.width),
      value: try source.matrix(name(.value), rows: keys, columns: shape.width),
      output: try source.matrix(name(.attentionOutput), rows: shape.width, columns: queries),
      queryBias: try source.vectorIfPresent(name(.queryBias), count: queries),
      keyBias: try source.vectorIfPresent(name(.keyBias), count: keys),
      valueBias: try source.vectorIfPresent(name(.valueBias), count: keys),
      outputBias: try source.vectorIfPresent(name(.attentionOutputBias), count: shape.width),
      queryNorm: try headNorm(.queryNorm), keyNorm: try headNorm(.keyNorm), heads: shape.heads,
      kvHeads: shape.kvHeads, headDimension: shape.headDimension, rotary: shape.rotary)
    let channel = SwiGLU(
      norm: try norm(name(.feedForwardNorm), source, shape.width, shape),
      gate: try source.matrix(name(.gate), rows: shape.feedForward, columns: shape.width),
      up: try source.matrix(name(.up), rows: shape.feedForward, columns: shape.width),
      down: try source.matrix(name(.down), rows: shape.width, columns: shape.feedForward))
    return DecoderLayer(mixer: mixer, channel: channel)
  }

  private static func norm(
    _ name: TensorName, _ source: any WeightSource, _ count: Int, _ shape: ModelConfiguration
  ) throws -> NormWeights {
    NormWeights(
      values: try source.vector(name, count: count), epsilon: shape.normEpsilon)
  }
}
