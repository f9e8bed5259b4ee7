// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoKernels
package import TachoModelFiles

/// Tensors and configuration of a Hugging Face model directory.
package final class SafetensorsWeights: WeightSource {
  private let file: SafetensorsFile
  private let config: HFConfig

  package init(_ file: SafetensorsFile, config: HFConfig) {
    self.file = file
    self.config = config
  }

  package func label(_ name: TensorName) -> String { name.huggingFace }

  package func tensor(_ name: TensorName) throws -> (
    bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]
  )? {
    // Some exporters write the tied output a second time.
    if name == .output, config.tiesWordEmbeddings { return nil }
    guard let tensor = try file.tensor(named: name.huggingFace) else { return nil }
    return (file.bytes(of: tensor), tensor.type, tensor.shape)
  }

  /// The model's dimensions, from `config.json`.
  package func configuration() throws -> ModelConfiguration {
    guard config.activation == "silu" else {
      throw EngineError(
        .unsupported, "the activation '\(config.activation)' is not the family's silu")
    }
    if config.slidingWindow != nil {
      throw EngineError(
        .unsupported, "sliding-window attention is switched on in config.json; Tacho does not do it"
      )
    }
    if config.feedForwardBias {
      throw EngineError(.unsupported, "biases in the feed-forward layers are not supported")
    }
    guard config.headDimension <= ModelConfiguration.headDimensionLimit else {
      throw EngineError(
        .badModel,
        "the head dimension is \(config.headDimension); 1 to "
          + "\(ModelConfiguration.headDimensionLimit) is possible")
    }
    guard config.ropeBase > 1 else {
      throw EngineError(.badModel, "rope_theta in config.json is \(config.ropeBase)")
    }
    return ModelConfiguration(
      architecture: config.modelType, name: config.modelType, layers: config.layerCount,
      width: config.hiddenSize, feedForward: config.feedForwardSize, heads: config.headCount,
      kvHeads: config.keyValueHeadCount, headDimension: config.headDimension,
      vocabulary: config.vocabularySize, contextLength: config.contextLength,
      normEpsilon: Float(config.normEpsilon),
      rotary: RotaryEmbedding(
        dimension: config.headDimension, base: config.ropeBase, pairing: .halves,
        scaling: try scaling()))
  }

  private func scaling() throws -> RotaryEmbedding.Scaling {
    let fields = config.ropeScaling
    func number(_ key: String) -> Double? { fields[key]?.doubleValue }
    func required(_ key: String) throws -> Double {
      guard let value = number(key), value > 0, value.isFinite else {
        throw EngineError(
          .badModel, "rope_scaling in config.json needs a positive number '\(key)'")
      }
      return value
    }
    /// Absent is the default; present, it must make sense.
    func optional(_ key: String) throws -> Double? {
      fields[key] == nil || fields[key] == .null ? nil : try required(key)
    }
    let kind = fields["rope_type"]?.stringValue ?? fields["type"]?.stringValue ?? "default"
    let original = try optional("original_max_position_embeddings").map {
      Int(min(max($0.rounded(.down), 1), 0x1p30))
    }
    switch kind {
    // Dynamic scaling changes the base only beyond max_position_embeddings, which is as far as any
    // command lets a sequence grow.
    case "default", "dynamic": return .none
    case "linear": return .linear(factor: try required("factor"))
    case "llama3":
      return .llama3(
        factor: try required("factor"), low: try required("low_freq_factor"),
        high: try required("high_freq_factor"), originalContext: original ?? 8192)
    case "yarn":
      return .yarn(
        factor: try required("factor"), originalContext: original ?? config.contextLength,
        betaFast: try optional("beta_fast") ?? 32, betaSlow: try optional("beta_slow") ?? 1,
        attentionFactor: try optional("attention_factor"))
    default:
      throw EngineError(
        .unsupported,
        "the rotary scaling '\(kind)' is not one of default, dynamic, linear, llama3, yarn")
    }
  }
}
