// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A Hugging Face `config.json` of the dense decoder family (llama, qwen2, qwen3).
///
/// Absent fields get the defaults of the model type's class in `transformers`.
package struct HFConfig: Sendable, Hashable {
  package let modelType: String
  package let hiddenSize: Int
  package let feedForwardSize: Int
  package let layerCount: Int
  package let headCount: Int
  package let keyValueHeadCount: Int
  package let headDimension: Int
  package let vocabularySize: Int
  package let contextLength: Int
  package let normEpsilon: Double
  package let ropeBase: Double
  /// `rope_scaling` or `rope_parameters`, whatever its variant; empty for plain RoPE.
  package let ropeScaling: [String: ConfigurationValue]
  package let tiesWordEmbeddings: Bool
  /// Whether the attention projections have biases (qwen2: those of q, k and v, not of the output).
  package let attentionBias: Bool
  package let feedForwardBias: Bool
  package let bosTokens: [Int]
  package let eosTokens: [Int]
  /// nil unless the file turns a sliding window on.
  package let slidingWindow: Int?
  /// The layers from this one on use the window, where the model type has such a rule.
  package let maxWindowLayers: Int?
  /// One entry per layer ("full_attention", "sliding_attention"), where given.
  package let layerTypes: [String]?
  package let activation: String
  /// Every member of the file, for techniques that need one not listed here.
  package let members: [String: ConfigurationValue]

  /// The model types whose layers this engine knows.
  package static let knownModelTypes = ["llama", "qwen2", "qwen3"]

  /// Reads `config.json`, or the one in the directory `path`.
  package init(path: String) throws {
    let file = FilePaths.isDirectory(path) ? FilePaths.join(path, "config.json") : path
    try self.init(MappedFile(path: file))
  }

  package init(_ file: MappedFile) throws {
    let object = try JSONFile.object(file.bytes, what: "the configuration", path: file.path)
    let reader = HFConfigReader(members: object, path: file.path)
    members = object
    modelType = try reader.text("model_type", default: nil)
    guard Self.knownModelTypes.contains(modelType) else {
      throw ModelFileError(
        .unsupported,
        "the model type '\(modelType)' is not supported; known: "
          + Self.knownModelTypes.joined(separator: ", "), path: file.path)
    }
    hiddenSize = try reader.size("hidden_size")
    feedForwardSize = try reader.size("intermediate_size")
    layerCount = try reader.size("num_hidden_layers", limit: 1 << 16)
    headCount = try reader.size("num_attention_heads", limit: 1 << 16)
    keyValueHeadCount = try reader.size(
      "num_key_value_heads", default: headCount, limit: 1 << 16)
    guard headCount % keyValueHeadCount == 0 else {
      throw ModelFileError(
        .malformed,
        "num_attention_heads \(headCount) is not a multiple of num_key_value_heads "
          + "\(keyValueHeadCount)", path: file.path)
    }
    let derived = modelType == "qwen3" ? 128 : hiddenSize / headCount
    headDimension = try reader.size("head_dim", default: derived, limit: 1 << 16)
    vocabularySize = try reader.size("vocab_size")
    contextLength = try reader.size("max_position_embeddings", default: 2048)
    normEpsilon = try reader.number("rms_norm_eps", default: 1e-6)
    ropeScaling = try reader.ropeScaling()
    ropeBase = try reader.ropeBase(scaling: ropeScaling)
    tiesWordEmbeddings = try reader.flag("tie_word_embeddings", default: false)
    attentionBias = try reader.flag("attention_bias", default: modelType == "qwen2")
    feedForwardBias = try reader.flag("mlp_bias", default: false)
    bosTokens = try reader.tokens("bos_token_id")
    eosTokens = try reader.tokens("eos_token_id")
    let windowed = try reader.flag("use_sliding_window", default: modelType == "llama")
    slidingWindow = windowed ? try reader.optionalSize("sliding_window") : nil
    maxWindowLayers = try reader.optionalSize("max_window_layers")
    layerTypes = try reader.texts("layer_types")
    activation = try reader.text("hidden_act", default: "silu")
  }
}
