// SPDX-License-Identifier: Apache-2.0
package import TachoKernels
package import TachoModelFiles

/// Tensors and configuration of a GGUF file.
package final class GGUFWeights: WeightSource {
  package let file: GGUFFile

  package init(_ file: GGUFFile) { self.file = file }

  package func label(_ name: TensorName) -> String { name.gguf }

  package func tensor(_ name: TensorName) throws -> (
    bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]
  )? {
    guard let tensor = file.tensor(named: name.gguf) else { return nil }
    var shape = Array(tensor.dimensions.reversed())
    // GGUF pads with leading ones.
    while shape.count > 1, shape.first == 1 { shape.removeFirst() }
    return (file.bytes(of: tensor), tensor.type, shape)
  }

  /// The model's dimensions, from the metadata and the embedding's shape.
  package func configuration() throws -> ModelConfiguration {
    let metadata = file.metadata
    let architecture = try metadata.string("general.architecture") ?? "(none)"
    guard Architectures.names.contains(architecture) else {
      throw EngineError(
        .unsupported,
        "the architecture '\(architecture)' is not one Tacho runs: "
          + Architectures.names.joined(separator: ", "))
    }
    func required(_ key: String) throws -> Int {
      guard let value = try metadata.int("\(architecture).\(key)") else {
        throw EngineError(.badModel, "the metadata key \(architecture).\(key) is missing")
      }
      return value
    }
    let width = try required("embedding_length")
    let heads = try required("attention.head_count")
    guard let embedding = file.tensor(named: TensorName.tokenEmbedding.gguf) else {
      throw EngineError(.badModel, "the tensor token_embd.weight is missing")
    }
    guard heads > 0 else { throw EngineError(.badModel, "the head count is \(heads)") }
    let headDimension = try metadata.int("\(architecture).attention.key_length") ?? width / heads
    if let valueLength = try metadata.int("\(architecture).attention.value_length"),
      valueLength != headDimension
    {
      throw EngineError(
        .unsupported, "keys of \(headDimension) and values of \(valueLength) elements differ")
    }
    let contextLength = try metadata.int("\(architecture).context_length") ?? 4096
    return ModelConfiguration(
      architecture: architecture, name: try metadata.string("general.name") ?? architecture,
      layers: try required("block_count"), width: width,
      feedForward: try required("feed_forward_length"), heads: heads,
      kvHeads: try metadata.int("\(architecture).attention.head_count_kv") ?? heads,
      headDimension: headDimension, vocabulary: embedding.rowCount,
      contextLength: contextLength,
      normEpsilon: Float(
        try metadata.double("\(architecture).attention.layer_norm_rms_epsilon") ?? 1e-5),
      rotary: try rotary(
        architecture, headDimension: headDimension, contextLength: contextLength))
  }

  private func rotary(_ architecture: String, headDimension: Int, contextLength: Int) throws
    -> RotaryEmbedding
  {
    let metadata = file.metadata
    // Before the frequencies are laid out, because the file chooses how many there are.
    guard headDimension <= ModelConfiguration.headDimensionLimit else {
      throw EngineError(
        .badModel,
        "the head dimension is \(headDimension); 1 to \(ModelConfiguration.headDimensionLimit) is "
          + "possible")
    }
    let prefix = "\(architecture).rope."
    let dimension = try metadata.int(prefix + "dimension_count") ?? headDimension
    guard dimension > 0, dimension % 2 == 0, dimension <= headDimension else {
      throw EngineError(
        .badModel, "\(dimension) rotated elements do not fit a head of \(headDimension)")
    }
    let base = try metadata.double(prefix + "freq_base") ?? 10_000
    guard base > 1, base.isFinite else {
      throw EngineError(.badModel, "the rotary base is \(base)")
    }
    return RotaryEmbedding(
      dimension: dimension, base: base,
      // llama.cpp permutes the q and k rows of this one architecture when it converts.
      pairing: architecture == "llama" ? .interleaved : .halves,
      scaling: try scaling(prefix, pairs: dimension / 2, contextLength: contextLength))
  }

  private func scaling(_ prefix: String, pairs: Int, contextLength: Int) throws
    -> RotaryEmbedding.Scaling
  {
    let metadata = file.metadata
    if let factors = try vectorIfPresent(.rotaryFactors, count: pairs) {
      return .factors(
        factors.buffer.map(Double.init),
        attentionFactor: try metadata.double(prefix + "scaling.attn_factor") ?? 1)
    }
    let legacy = try metadata.double(prefix + "scale_linear")
    let kind = try metadata.string(prefix + "scaling.type") ?? (legacy == nil ? "none" : "linear")
    let factor = try metadata.double(prefix + "scaling.factor") ?? legacy ?? 1
    guard factor > 0, factor.isFinite else {
      throw EngineError(.badModel, "the rotary scaling factor is \(factor)")
    }
    switch kind {
    case "none": return .none
    case "linear": return .linear(factor: factor)
    case "yarn":
      let original =
        try metadata.int(prefix + "scaling.original_context_length") ?? contextLength
      // llama.cpp multiplies YaRN's temperature with attn_factor.
      let temperature = factor <= 1 ? 1 : 0.1 * logarithm(factor) + 1
      func rotations(_ key: String, default value: Double) throws -> Double {
        let found = try metadata.double(prefix + key) ?? value
        guard found > 0, found.isFinite else {
          throw EngineError(.badModel, "the metadata key \(prefix)\(key) is \(found)")
        }
        return found
      }
      return .yarn(
        factor: factor, originalContext: max(1, original),
        betaFast: try rotations("scaling.yarn_beta_fast", default: 32),
        betaSlow: try rotations("scaling.yarn_beta_slow", default: 1),
        attentionFactor: try metadata.double(prefix + "scaling.attn_factor").map {
          $0 * temperature
        })
    default:
      throw EngineError(
        .unsupported, "the rotary scaling '\(kind)' is not one of none, linear, yarn")
    }
  }
}
