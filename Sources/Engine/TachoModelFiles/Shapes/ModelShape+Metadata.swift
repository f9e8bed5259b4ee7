// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

extension ModelShape {
  /// The metadata that llama.cpp expects of a model of this shape, without its tokenizer.
  func metadata(format: ElementType) -> GGUFMetadata {
    let prefix = architecture.rawValue
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string(architecture.rawValue)
    metadata["general.type"] = .string("model")
    metadata["general.name"] = .string("\(name) (synthetic)")
    metadata["general.file_type"] = .uint32(format.fileType)
    metadata["general.quantization_version"] = .uint32(2)
    func set(_ key: String, _ value: Int) {
      metadata["\(prefix).\(key)"] = .uint32(UInt32(clamping: value))
    }
    set("vocab_size", vocabularySize)
    set("context_length", contextLength)
    set("embedding_length", hiddenSize)
    set("block_count", layerCount)
    set("feed_forward_length", feedForwardSize)
    set("attention.head_count", headCount)
    set("attention.head_count_kv", keyValueHeadCount)
    if architecture == .qwen3 || headDimension * headCount != hiddenSize {
      set("attention.key_length", headDimension)
      set("attention.value_length", headDimension)
    }
    set("rope.dimension_count", headDimension)
    metadata["\(prefix).rope.freq_base"] = .float32(Float(ropeBase))
    metadata["\(prefix).attention.layer_norm_rms_epsilon"] = .float32(Float(normEpsilon))
    return metadata
  }
}

extension ElementType {
  /// The value of `general.file_type` for a file whose matrices are all of this type; of llama.cpp's
  /// mixtures, the "S" ones are nearest.
  package var fileType: UInt32 {
    switch self {
    case .f32: return 0
    case .f16: return 1
    case .q4_0: return 2
    case .q4_1: return 3
    case .q8_0: return 7
    case .q5_0: return 8
    case .q5_1: return 9
    case .q2_k: return 10
    case .q3_k: return 11
    case .q4_k: return 14
    case .q5_k: return 16
    case .q6_k: return 18
    case .bf16: return 32
    }
  }

  /// This type, or the nearest whose blocks fit rows of `rowLength`: K formats fall back to the
  /// 32-weight ones as in llama.cpp, those to F16.
  package func fitting(rowLength: Int) -> ElementType {
    if rowLength % blockCount == 0 { return self }
    switch self {
    case .q2_k, .q3_k: return ElementType.q4_0.fitting(rowLength: rowLength)
    case .q4_k: return ElementType.q5_0.fitting(rowLength: rowLength)
    case .q5_k: return ElementType.q5_1.fitting(rowLength: rowLength)
    case .q6_k: return ElementType.q8_0.fitting(rowLength: rowLength)
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .f32, .f16, .bf16: return .f16
    }
  }
}
