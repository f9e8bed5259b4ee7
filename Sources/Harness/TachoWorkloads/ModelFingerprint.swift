// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog

/// An identity of a model's content that costs milliseconds, whatever the model's size.
///
/// SHA-256 over each file (of a directory: its .safetensors and .json files, by name): its size, its first
/// 256 KiB, and 4 KiB at each of 64 equal steps to its end. It tells models, quantisations and
/// fine-tunes apart, which change every tensor; a change of a few bytes between the places read it does
/// not see. Nothing is cached: reading it again costs less than keeping a cache right.
package struct ModelFingerprint {
  package static let headBytes = 256 << 10
  package static let chunkBytes = 4 << 10
  package static let chunks = 64

  /// What the fingerprint covers, kept beside it.
  package static let coverage =
    "SHA-256 of size, first 256 KiB and 64 chunks of 4 KiB of each file, 16 digits"

  /// The facts `model.sha256` and `model.sha256_covers`.
  package static func facts(of path: String) -> [String: ConfigurationValue] {
    do {
      return [
        "model.sha256": .string(try digest(of: path)), "model.sha256_covers": .string(coverage),
      ]
    } catch {
      return ["model.sha256": .string("unavailable: \(error.localizedDescription)")]
    }
  }

  /// The first 16 hex digits.
  package static func digest(of path: String) throws -> String {
    var hash = SHA256()
    for file in try files(of: path) {
      try add(file, to: &hash)
    }
    return String(hash.hexDigest().prefix(16))
  }

  /// The files that make up a model: its own path, or what its directory holds of them.
  static func files(of path: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    else { return [path] }
    return try FileManager.default.contentsOfDirectory(atPath: path).filter {
      $0.hasSuffix(".safetensors") || $0.hasSuffix(".json")
    }.sorted().map { "\(path)/\($0)" }
  }

  private static func add(_ path: String, to hash: inout SHA256) throws {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    let size = try handle.seekToEnd()
    // The name of the only file says where it lies, not what it is.
    hash.update(Array("\(size)\n".utf8))
    func read(at offset: UInt64, _ count: Int) throws {
      try handle.seek(toOffset: offset)
      hash.update(try handle.read(upToCount: count) ?? Data())
    }
    try read(at: 0, headBytes)
    guard size > UInt64(headBytes) else { return }
    let last = size - min(size, UInt64(chunkBytes))
    for step in 1...chunks {
      try read(at: last / UInt64(chunks) * UInt64(step), chunkBytes)
    }
    try read(at: last, chunkBytes)
  }
}
