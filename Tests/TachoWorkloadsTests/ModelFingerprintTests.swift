// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoWorkloads
import Testing

/// What the identity of a model's content tells apart, and what it does not read.
@Suite struct ModelFingerprintTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }

  @Test func contentDecidesNotTheName() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let size = 2 << 20
    var bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let digest = try ModelFingerprint.digest(of: write("a.gguf", bytes))
    #expect(digest.count == 16)
    #expect(try ModelFingerprint.digest(of: write("b.gguf", bytes)) == digest)
    // A byte of the head, one of the last chunk, one more byte.
    for place in [100, size - 1] {
      bytes[place] ^= 1
      #expect(try ModelFingerprint.digest(of: write("c.gguf", bytes)) != digest, "at \(place)")
      bytes[place] ^= 1
    }
    #expect(try ModelFingerprint.digest(of: write("c.gguf", bytes + [0])) != digest)
    // Every tensor differs, as after another quantisation: any stretch of 64 KiB is seen.
    for start in stride(from: 256 << 10, to: size - (64 << 10), by: 300_000) {
      var other = bytes
      for place in start..<start + (64 << 10) { other[place] ^= 1 }
      #expect(try ModelFingerprint.digest(of: write("c.gguf", other)) != digest, "at \(start)")
    }
  }

  @Test func directoriesAndSmallFiles() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let small = try ModelFingerprint.digest(of: write("x.safetensors", [1, 2, 3]))
    let alone = try ModelFingerprint.digest(of: folder.path)
    #expect(alone == small)
    _ = try write("config.json", [4])
    let both = try ModelFingerprint.digest(of: folder.path)
    #expect(both != alone)
    _ = try write("notes.txt", [5])
    #expect(try ModelFingerprint.digest(of: folder.path) == both)
  }

  @Test func factsSayWhatTheyCover() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let facts = ModelFingerprint.facts(of: try write("x.gguf", [1]))
    #expect(facts["model.sha256"]?.stringValue?.count == 16)
    #expect(facts["model.sha256_covers"]?.stringValue?.contains("first 256 KiB") == true)
    let missing = ModelFingerprint.facts(of: folder.path + "/nowhere.gguf")
    #expect(missing["model.sha256"]?.stringValue?.hasPrefix("unavailable: ") == true)
  }
}
