// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// Reads the tensors of a Hugging Face model: one safetensors file, or the shards of an index.
package final class SafetensorsFile: Sendable {
  /// The file, index or directory that was opened.
  package let path: String
  /// Every tensor's name, shard by shard in file order.
  package let names: [String]
  private let shards: [SafetensorsShard]
  private let places: [String: (shard: Int, entry: Int)]

  /// Opens a `.safetensors` file, a `.safetensors.index.json`, or a directory that has either.
  package init(path: String) throws {
    let resolved = try Self.resolve(path)
    self.path = resolved
    if resolved.hasSuffix(".json") {
      (shards, places) = try Self.openShards(index: MappedFile(path: resolved))
    } else {
      let shard = try SafetensorsShard(MappedFile(path: resolved))
      shards = [shard]
      places = Dictionary(
        shard.entries.indices.map { (shard.entries[$0].name, (shard: 0, entry: $0)) },
        uniquingKeysWith: { first, _ in first })
    }
    let places = places
    names = shards.enumerated().flatMap { number, shard in
      shard.entries.map(\.name).filter { places[$0]?.shard == number }
    }
  }

  /// One file whose bytes are at hand.
  package init(_ file: MappedFile) throws {
    let shard = try SafetensorsShard(file)
    path = file.path
    shards = [shard]
    names = shard.entries.map(\.name)
    places = Dictionary(
      shard.entries.indices.map { (shard.entries[$0].name, (shard: 0, entry: $0)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Total bytes of all tensors.
  package var byteCount: Int {
    shards.reduce(0) { $0 + $1.entries.reduce(0) { $0 + $1.byteCount } }
  }

  /// The tensor, nil when there is none of that name; throws when its type cannot be used.
  package func tensor(named name: String) throws -> SafetensorsTensor? {
    guard let place = places[name] else { return nil }
    let entry = shards[place.shard].entries[place.entry]
    guard let type = Self.type(named: entry.typeName) else {
      throw ModelFileError(
        .unsupported,
        "tensor '\(name)' is of type \(entry.typeName); F32, F16 and BF16 are supported",
        path: shards[place.shard].file.path, offset: entry.offset)
    }
    return SafetensorsTensor(
      name: name, type: type, shape: entry.shape, byteCount: entry.byteCount, shard: place.shard,
      offset: entry.offset)
  }

  /// The tensor's bytes, at any alignment, valid while this object lives.
  package func bytes(of tensor: SafetensorsTensor) -> UnsafeRawBufferPointer {
    guard shards.indices.contains(tensor.shard) else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let file = shards[tensor.shard].file
    let range = (tensor.offset..<tensor.offset + tensor.byteCount).clamped(to: 0..<file.size)
    return UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  private static func type(named name: String) -> ElementType? {
    switch name {
    case "F32": return .f32
    case "F16": return .f16
    case "BF16": return .bf16
    default: return nil
    }
  }

  private static func resolve(_ path: String) throws -> String {
    guard FilePaths.isDirectory(path) else { return path }
    for name in ["model.safetensors.index.json", "model.safetensors"] {
      let candidate = FilePaths.join(path, name)
      if FilePaths.exists(candidate) { return candidate }
    }
    throw ModelFileError(
      .notFound, "the directory has neither model.safetensors nor model.safetensors.index.json",
      path: path)
  }

  private static func openShards(
    index file: MappedFile
  ) throws -> ([SafetensorsShard], [String: (shard: Int, entry: Int)]) {
    let index = try JSONFile.object(file.bytes, what: "the index", path: file.path)
    guard case .object(let map)? = index["weight_map"], !map.isEmpty else {
      throw ModelFileError(.malformed, "the index lacks a weight_map", path: file.path)
    }
    var shards: [SafetensorsShard] = []
    var inShard: [String: [String: Int]] = [:]
    var numbers: [String: Int] = [:]
    var places: [String: (shard: Int, entry: Int)] = [:]
    for (name, value) in map.sorted(by: { $0.key < $1.key }) {
      // A shard outside the model's own directory would let a download read any file.
      guard let shardName = value.stringValue, !shardName.isEmpty, !shardName.contains("/") else {
        throw ModelFileError(
          .malformed, "the weight_map gives no plain file name for '\(name)'", path: file.path)
      }
      if numbers[shardName] == nil {
        let shardPath = FilePaths.join(FilePaths.directory(of: file.path), shardName)
        let shard = try SafetensorsShard(MappedFile(path: shardPath))
        numbers[shardName] = shards.count
        inShard[shardName] = Dictionary(
          shard.entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        shards.append(shard)
      }
      guard let number = numbers[shardName], let entry = inShard[shardName]?[name] else {
        throw ModelFileError(
          .malformed, "the index places '\(name)' in \(shardName), which does not have it",
          path: file.path)
      }
      places[name] = (number, entry)
    }
    return (shards, places)
  }
}
