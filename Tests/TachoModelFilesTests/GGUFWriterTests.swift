// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import Testing

@Suite struct GGUFWriterTests {
  private struct Interruption: Error {}

  private func sampleMetadata() throws -> GGUFMetadata {
    var metadata = try GGUFFileTests.sample().open().metadata
    metadata["general.alignment"] = .uint32(64)
    metadata["added"] = .array(GGUFArray(byteStrings: [[0xff], []]))
    return metadata
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryDirectory()
    let metadata = try sampleMetadata()
    var writer = GGUFWriter(metadata: metadata)
    try writer.add("first", type: .f32, dimensions: [3])
    try writer.add("second", type: .q8_0, dimensions: [64, 2])
    try writer.write(to: folder.file("a.gguf")) { entry, sink in
      // In two parts, the last one first.
      let bytes = (0..<entry.byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try bytes.withUnsafeBytes { all in
        try sink.write(UnsafeRawBufferPointer(rebasing: all[5...]), at: 5)
        try sink.write(UnsafeRawBufferPointer(rebasing: all[..<5]), at: 0)
      }
    }
    #expect(folder.names == ["a.gguf"])
    let file = try GGUFFile(path: folder.file("a.gguf"))
    #expect(file.size % 32 == 0)
    #expect(file.metadata.keys == metadata.keys.filter { $0 != "general.alignment" })
    for key in file.metadata.keys { #expect(file.metadata[key] == metadata[key], "\(key)") }
    #expect(file.tensors.map(\.name) == ["first", "second"])
    #expect(file.tensors.map(\.dimensions) == [[3], [64, 2]])
    for tensor in file.tensors {
      let expected = (0..<tensor.byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      #expect(Array(file.bytes(of: tensor)) == expected)
    }
  }

  @Test func anInterruptedWriteLeavesTheOldFile() throws {
    let folder = try TemporaryDirectory()
    try folder.write([1, 2, 3], to: "a.gguf")
    var writer = GGUFWriter(metadata: GGUFMetadata())
    try writer.add("t", type: .f32, dimensions: [4])
    #expect(throws: Interruption.self) {
      try writer.write(to: folder.file("a.gguf")) { _, _ in
        #expect(folder.names == ["a.gguf", "a.gguf.partial"])
        throw Interruption()
      }
    }
    #expect(folder.names == ["a.gguf"])
    #expect(try folder.read("a.gguf") == [1, 2, 3])
  }

  @Test func missingAndExtraBytesAreRefused() throws {
    let folder = try TemporaryDirectory()
    var writer = GGUFWriter(metadata: GGUFMetadata())
    try writer.add("t", type: .f32, dimensions: [4])
    #expect(throws: ModelFileError.self) {
      try writer.write(to: folder.file("a.gguf")) { _, sink in
        try [UInt8](repeating: 0, count: 15).withUnsafeBytes { try sink.write($0, at: 0) }
      }
    }
    #expect(throws: ModelFileError.self) {
      try writer.write(to: folder.file("a.gguf")) { _, sink in
        try [UInt8](repeating: 0, count: 15).withUnsafeBytes { try sink.write($0, at: 2) }
      }
    }
    #expect(folder.names.isEmpty)
  }

  @Test func twoWritersOfOneFileAreToldApart() throws {
    let folder = try TemporaryDirectory()
    var writer = GGUFWriter(metadata: GGUFMetadata())
    try writer.add("t", type: .f32, dimensions: [1])
    let same = writer
    let path = folder.file("a.gguf")
    try writer.write(to: path) { _, sink in
      let error = try #require(throws: ModelFileError.self) { try same.write(to: path) { _, _ in } }
      #expect(error.message.contains("another process is writing"))
      try [UInt8](repeating: 1, count: 4).withUnsafeBytes { try sink.write($0, at: 0) }
    }
    #expect(try GGUFFile(path: path).tensors.count == 1)
  }

  @Test func impossibleTensorsAndPathsAreRefused() throws {
    var writer = GGUFWriter(metadata: GGUFMetadata())
    #expect(throws: ModelFileError.self) {
      try writer.add("t", type: .q4_0, dimensions: [31])
    }
    #expect(throws: ModelFileError.self) { try writer.add("t", type: .f32, dimensions: [-1]) }
    #expect(throws: ModelFileError.self) { try writer.add("t", type: .f32, dimensions: []) }
    let folder = try TemporaryDirectory()
    let error = try #require(throws: ModelFileError.self) {
      try writer.write(to: folder.file("no/such/folder.gguf")) { _, _ in }
    }
    #expect(error.code == .notFound)
  }
}
