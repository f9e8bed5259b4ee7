// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import TachoKernels
import TachoModelFiles

/// Model files damaged or forged in ways that reach the engine: most still parse.
struct EngineMutation {
  var random: RandomSource

  /// Writes a damaged version of the GGUF file at `source`; returns what was done to it.
  mutating func writeGGUF(_ source: String, to target: String) throws -> String {
    switch random.below(20) {
    case 0...10: return try forgeMetadata(source, to: target)
    case 11...14: return try forgeTensors(source, to: target)
    case 15...16: return try spoilWeights(source, to: target)
    default:
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
      try Data(damage(bytes, within: 8000)).write(to: URL(fileURLWithPath: target))
      return "bytes"
    }
  }

  /// One to three metadata values become extreme.
  private mutating func forgeMetadata(_ source: String, to target: String) throws -> String {
    let file = try GGUFFile(path: source)
    var metadata = file.metadata
    let prefix = try metadata.string("general.architecture") ?? "llama"
    let keys = Self.keys.map { $0.replacingOccurrences(of: "$", with: prefix) }
    var done: [String] = []
    if random.below(3) == 0 {
      // These repeat what other keys say, and a contradiction would end the story early.
      for key in ["attention.value_length", "rope.dimension_count"] {
        metadata["\(prefix).\(key)"] = nil
      }
    }
    for _ in 0...random.below(3) {
      let key = keys[random.below(keys.count)]
      let value = extreme()
      metadata[key] = value
      done.append("\(key) = \(value.map { "\($0)" } ?? "absent")")
    }
    try write(file, metadata, to: target) { $0.dimensions }
    return done.joined(separator: ", ")
  }

  private static let keys = [
    "$.block_count", "$.context_length", "$.embedding_length", "$.feed_forward_length",
    "$.attention.head_count", "$.attention.head_count_kv", "$.attention.key_length",
    "$.attention.value_length", "$.attention.layer_norm_rms_epsilon", "$.vocab_size",
    "$.rope.freq_base", "$.rope.dimension_count", "$.rope.scaling.type", "$.rope.scaling.factor",
    "$.rope.scale_linear", "$.rope.scaling.original_context_length", "$.rope.scaling.attn_factor",
    "$.rope.scaling.yarn_beta_fast", "$.rope.scaling.yarn_beta_slow", "general.architecture",
    "general.name", "tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.eos_token_id", "tokenizer.ggml.unknown_token_id",
    "tokenizer.ggml.padding_token_id", "tokenizer.ggml.add_bos_token",
    "tokenizer.ggml.add_space_prefix", "tokenizer.ggml.tokens", "tokenizer.ggml.scores",
    "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
  ]

  private mutating func extreme() -> GGUFValue? {
    let values: [GGUFValue?] = [
      nil, .uint32(0), .uint32(1), .uint32(2), .uint32(3), .uint32(7), .uint32(16), .uint32(31),
      .uint32(64), .uint32(512), .uint32(513), .uint32(1 << 16), .uint32(1 << 20),
      .uint32(0x7fff_ffff), .uint32(.max), .int32(-1), .int32(.min), .uint64(1 << 32),
      .uint64(1 << 40), .uint64(1 << 62), .uint64(UInt64(Int.max)), .uint64(.max), .int64(-1),
      .int64(.min), .int64(.min + 1), .int64(.max), .int64(.max - 1), .float32(0),
      .float32(-1), .float32(1), .float32(.nan), .float32(.infinity),
      .float32(.leastNonzeroMagnitude),
      .float32(.greatestFiniteMagnitude), .float64(1e300), .float64(.leastNonzeroMagnitude),
      .float64(1.0000000001), .string(""), .string("llama"), .string("qwen3"), .string("yarn"),
      .string("linear"), .string("gpt2"), .string("\u{0}\u{fffd}"), .bool(true),
    ]
    return values[random.below(values.count)]
  }

  /// A tensor is missing, or has its dimensions swapped, halved or merged.
  private mutating func forgeTensors(_ source: String, to target: String) throws -> String {
    let file = try GGUFFile(path: source)
    let victim = file.tensors[random.below(file.tensors.count)]
    let kind = random.below(5)
    try write(file, file.metadata, to: target) { tensor in
      guard tensor.name == victim.name else { return tensor.dimensions }
      let rows = tensor.rowCount
      switch kind {
      case 0: return nil
      case 1: return [tensor.rowLength, max(1, rows / 2)]
      case 2: return [tensor.elementCount]
      case 3: return [tensor.rowLength, 1, rows]
      default:
        return tensor.type.blockCount == 1 ? [rows, tensor.rowLength] : [tensor.rowLength, 1]
      }
    }
    return "\(victim.name) kind \(kind)"
  }

  /// Weights become noise: NaN, infinities and anything else.
  private mutating func spoilWeights(_ source: String, to target: String) throws -> String {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
    let file = try GGUFFile(path: source)
    for _ in 0...random.below(4) {
      let tensor = file.tensors[random.below(file.tensors.count)]
      let first = tensor.offset + random.below(tensor.byteCount)
      let last = min(tensor.offset + tensor.byteCount, first + 1 + random.below(5000))
      let fill: UInt8? = [nil, 0xff, 0x7f, 0][random.below(4)]
      for index in first..<last {
        bytes[index] = fill ?? UInt8(truncatingIfNeeded: random.next())
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: target))
    return "weights"
  }

  /// The file with other metadata and, where `dimensions` says so, other tensor shapes.
  func write(
    _ file: GGUFFile, _ metadata: GGUFMetadata, to target: String,
    dimensions: (GGUFTensor) -> [Int]?
  ) throws {
    var writer = GGUFWriter(metadata: metadata)
    for tensor in file.tensors {
      guard let shape = dimensions(tensor) else { continue }
      try writer.add(tensor.name, type: tensor.type, dimensions: shape)
    }
    try writer.write(to: target) { entry, sink in
      guard let tensor = file.tensor(named: entry.name) else { return }
      try sink.write(
        UnsafeRawBufferPointer(rebasing: file.bytes(of: tensor)[..<entry.byteCount]), at: 0)
    }
  }

  /// Bits flipped, parts cut, integers made extreme; mostly in the first `within` bytes.
  mutating func damage(_ bytes: [UInt8], within: Int) -> [UInt8] {
    var result = bytes
    for _ in 0...random.below(3) where !result.isEmpty {
      let reach = random.below(4) == 0 ? result.count : min(within, result.count)
      let place = random.below(reach)
      switch random.below(6) {
      case 0: result[place] ^= 1 << UInt8(random.below(8))
      case 1: result.removeLast(random.below(result.count))
      case 2: result.removeSubrange(place..<min(result.count, place + 1 + random.below(16)))
      case 3: result[place] = UInt8(truncatingIfNeeded: random.next())
      case 4: result.insert(contentsOf: result[place..<min(result.count, place + 16)], at: place)
      default:
        let fill: UInt8 = [0, 0x7f, 0x80, 0xff][random.below(4)]
        for index in place..<min(result.count, place + 8) { result[index] = fill }
      }
    }
    return result
  }

  /// JSON with one to three of its values replaced by extreme ones.
  mutating func forgeJSON(_ text: String) -> String {
    var lines = text.split(separator: "\n").map(String.init)
    for _ in 0...random.below(3) {
      let places = lines.indices.filter { lines[$0].contains("\": ") }
      guard !places.isEmpty else { return text }
      let place = places[random.below(places.count)]
      let line = lines[place]
      guard let colon = line.range(of: "\": ") else { continue }
      let tail = line.hasSuffix(",") ? "," : ""
      lines[place] = line[..<colon.upperBound] + Self.json[random.below(Self.json.count)] + tail
    }
    return lines.joined(separator: "\n")
  }

  private static let json = [
    "0", "1", "-1", "2", "3", "7", "16", "64", "512", "513", "65536", "1073741824", "2147483647",
    "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308",
    "1e999", "-1e308", "1e-308", "0.5", "1.0000001", "null", "true", "\"yarn\"", "\"llama3\"",
    "\"linear\"", "\"\"", "[]", "{}", "{", "[1, 2, 3]",
  ]
}
