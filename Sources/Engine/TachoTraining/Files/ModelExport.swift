// SPDX-License-Identifier: Apache-2.0
package import TachoKernels
package import TachoModelFiles

/// Writes a trained model as GGUF, by llama.cpp's conventions.
///
/// SwiGLU models are `llama` (with experts as it has them); squared-ReLU ones without experts are `arcee`. Others
/// have no convention and are refused.
package enum ModelExport {
  /// - Parameters:
  ///   - type: f16 or f32, for matrices; norms and routers are always f32.
  ///   - facts: more metadata, for example the recipe's name and scores; keys in full.
  package static func write(
    _ model: TrainingModel, name: String, type: ElementType = .f16,
    facts: [(String, GGUFValue)] = [],
    to path: String
  ) throws {
    guard model.layout.adapters == nil else { throw unmerged }
    guard type == .f16 || type == .f32 else {
      throw TrainingError(.unsupported, "models are exported as f16 or f32, not \(type.name)")
    }
    let shape = model.layout.shape
    var metadata = try metadata(shape, name: name, type: type)
    if shape.vocabulary == ByteVocabulary.size { ByteVocabulary.write(into: &metadata) }
    for (key, value) in facts { metadata[key] = value }
    guard metadata["tokenizer.ggml.tokens"] != nil else {
      throw TrainingError(
        .unsupported,
        "the model has \(shape.vocabulary) tokens, not the \(ByteVocabulary.size) of bytes: name its "
          + "vocabulary among the facts (tokenizer.ggml.*)")
    }
    var writer = GGUFWriter(metadata: metadata)
    for tensor in model.layout.tensors {
      let isMatrix = tensor.shape.count > 1 && !tensor.name.contains("ffn_gate_inp")
      try writer.add(
        tensor.name, type: isMatrix ? type : .f32, dimensions: tensor.shape.reversed())
    }
    let tensors = Dictionary(
      model.layout.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    try writer.write(to: path) { entry, sink in
      guard let tensor = tensors[entry.name] else { return }
      let source = UnsafeBufferPointer(
        start: model.parameters.pointer + tensor.offset, count: tensor.count)
      let encoded = AlignedBuffer<UInt8>(uninitializedCount: entry.byteCount)
      entry.type.quantize(
        source, into: UnsafeMutableRawBufferPointer(encoded.buffer), count: tensor.count)
      try sink.write(UnsafeRawBufferPointer(encoded.buffer), at: 0)
    }
  }

  private static var unmerged: TrainingError {
    TrainingError(.unsupported, "the model has adapters beside it: merge them before the export")
  }

  /// GGUF's name of the family, or an error.
  package static func architecture(of shape: TrainingShape) throws -> String {
    switch shape.channel {
    case .swiglu: return "llama"
    case .squaredReLU where shape.experts == 0: return "arcee"
    default:
      throw TrainingError(
        .unsupported,
        "no GGUF architecture has \(shape.channel.rawValue) layers"
          + (shape.experts > 0 ? " of experts" : "")
          + ": use swiglu, or squared_relu without experts")
    }
  }

  private static func metadata(_ shape: TrainingShape, name: String, type: ElementType) throws
    -> GGUFMetadata
  {
    let architecture = try architecture(of: shape)
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string(architecture)
    metadata["general.type"] = .string("model")
    metadata["general.name"] = .string(name)
    metadata["general.file_type"] = .uint32(type.fileType)
    metadata["general.quantization_version"] = .uint32(2)
    func set(_ key: String, _ value: Int) {
      metadata["\(architecture).\(key)"] = .uint32(UInt32(clamping: value))
    }
    set("vocab_size", shape.vocabulary)
    set("context_length", shape.contextLength)
    set("embedding_length", shape.width)
    set("block_count", shape.layers)
    set("feed_forward_length", shape.feedForward)
    set("attention.head_count", shape.heads)
    set("attention.head_count_kv", shape.kvHeads)
    set("attention.key_length", shape.headDimension)
    set("attention.value_length", shape.headDimension)
    set("rope.dimension_count", shape.headDimension)
    if shape.experts > 0 {
      set("expert_count", shape.experts)
      set("expert_used_count", shape.expertsPerToken)
    }
    metadata["\(architecture).rope.freq_base"] = .float32(Float(shape.ropeBase))
    metadata["\(architecture).attention.layer_norm_rms_epsilon"] = .float32(
      Float(shape.normEpsilon))
    if !shape.exits.isEmpty {
      metadata["tacho.exits"] = .array(GGUFArray(int32s: shape.exits.map(Int32.init)))
    }
    return metadata
  }
}
