// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TachoKernels

/// What `tacho model info` prints about a GGUF file.
package struct ModelSummary: Sendable, Codable, Equatable {
  /// The part of the weights that is stored in one type.
  package struct TypeShare: Sendable, Codable, Equatable {
    package let type: String
    package let tensors: Int
    package let parameters: Int
    package let bytes: Int
  }

  /// One tensor, for the long listing; dimensions in GGUF's order, the row length first.
  package struct TensorLine: Sendable, Codable, Equatable {
    package let name: String
    package let type: String
    package let dimensions: [Int]
    package let bytes: Int
  }

  /// The vocabulary's kind and size.
  package struct Tokenizer: Sendable, Codable, Equatable {
    package let model: String
    package let preTokenizer: String?
    package let size: Int?
  }

  package let path: String
  package let fileBytes: Int
  package let ggufVersion: Int
  package let architecture: String?
  package let name: String?
  package let parameters: Int
  package let tensorBytes: Int
  /// Largest share of the bytes first.
  package let types: [TypeShare]
  package let layers: Int?
  package let hiddenSize: Int?
  package let feedForwardSize: Int?
  package let heads: Int?
  package let keyValueHeads: Int?
  package let headDimension: Int?
  package let contextLength: Int?
  package let normEpsilon: Double?
  package let ropeBase: Double?
  package let ropeScaling: String?
  package let tiedEmbeddings: Bool
  package let tokenizer: Tokenizer?
  package let synthetic: Bool
  package let syntheticSeed: UInt64?
  /// Tensors that another format than the requested one was used for, with that format.
  package let formatFallbacks: [String]
  /// Filled only when asked for.
  package let tensors: [TensorLine]?

  package var bitsPerWeight: Double {
    parameters == 0 ? 0 : Double(tensorBytes) * 8 / Double(parameters)
  }

  package init(_ file: GGUFFile, listsTensors: Bool = false) throws {
    let metadata = file.metadata
    path = file.path
    fileBytes = file.size
    ggufVersion = Int(file.version)
    let architecture = try metadata.string("general.architecture")
    self.architecture = architecture
    let prefix = architecture.map { $0 + "." } ?? ""
    name = try metadata.string("general.name")
    types = Self.shares(of: file.tensors)
    // Sizes of different tensors may overlap in a strange file, so even their sum is checked.
    parameters = Self.sum(types.map(\.parameters))
    tensorBytes = Self.sum(types.map(\.bytes))
    layers = try metadata.int(prefix + "block_count")
    hiddenSize = try metadata.int(prefix + "embedding_length")
    feedForwardSize = try Self.intOrFirst(metadata, prefix + "feed_forward_length")
    heads = try Self.intOrFirst(metadata, prefix + "attention.head_count")
    keyValueHeads = try Self.intOrFirst(metadata, prefix + "attention.head_count_kv") ?? heads
    headDimension =
      try metadata.int(prefix + "attention.key_length")
      ?? Self.quotient(hiddenSize, heads)
    contextLength = try metadata.int(prefix + "context_length")
    normEpsilon = try metadata.double(prefix + "attention.layer_norm_rms_epsilon")
    ropeBase = try metadata.double(prefix + "rope.freq_base")
    ropeScaling = try Self.ropeScaling(file, prefix)
    tiedEmbeddings =
      file.tensor(named: "output.weight") == nil && file.tensor(named: "token_embd.weight") != nil
    tokenizer = try metadata.string("tokenizer.ggml.model").map {
      Tokenizer(
        model: $0, preTokenizer: try metadata.string("tokenizer.ggml.pre"),
        size: try metadata.arrayCount("tokenizer.ggml.tokens"))
    }
    synthetic = try metadata.bool("tacho.synthetic") ?? false
    if case .uint64(let seed)? = metadata["tacho.synthetic.seed"] {
      syntheticSeed = seed
    } else {
      syntheticSeed = nil
    }
    formatFallbacks = try metadata.strings("tacho.format.fallbacks") ?? []
    tensors =
      listsTensors
      ? file.tensors.map {
        TensorLine(
          name: $0.name, type: $0.type.name, dimensions: $0.dimensions, bytes: $0.byteCount)
      } : nil
  }

  /// The summary as JSON with sorted keys.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private static func shares(of tensors: [GGUFTensor]) -> [TypeShare] {
    Dictionary(grouping: tensors, by: \.type).map { type, group in
      TypeShare(
        type: type.name, tensors: group.count, parameters: sum(group.map(\.elementCount)),
        bytes: sum(group.map(\.byteCount)))
    }.sorted { ($1.bytes, $0.type) < ($0.bytes, $1.type) }
  }

  private static func sum(_ values: [Int]) -> Int {
    values.reduce(0) { total, value in
      let (sum, overflow) = total.addingReportingOverflow(value)
      return overflow ? Int.max : sum
    }
  }

  private static func quotient(_ dividend: Int?, _ divisor: Int?) -> Int? {
    guard let dividend, let divisor, divisor > 0 else { return nil }
    return dividend / divisor
  }

  /// Some models give one number for each layer; the summary shows the first.
  private static func intOrFirst(_ metadata: GGUFMetadata, _ key: String) throws -> Int? {
    if case .array? = metadata[key] { return try metadata.ints(key)?.first }
    return try metadata.int(key)
  }

  private static func ropeScaling(_ file: GGUFFile, _ prefix: String) throws -> String? {
    if let type = try file.metadata.string(prefix + "rope.scaling.type"), type != "none" {
      let factor = try file.metadata.double(prefix + "rope.scaling.factor")
      return factor.map { "\(type), factor \($0)" } ?? type
    }
    return file.tensor(named: "rope_freqs.weight").map { _ in "factors per frequency" }
  }
}
