// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoModelFiles
import Testing

/// Files that break one rule each: the error says which, and where.
@Suite struct GGUFErrorTests {
  /// The error that opening `file` gives, which must be a `ModelFileError`.
  private func failure(_ file: GGUFBytes) throws -> ModelFileError {
    try #require(throws: ModelFileError.self) { _ = try file.open() }
  }

  private func oneTensor(
    _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0, name: String = "weights"
  ) -> GGUFBytes {
    var file = GGUFBytes(tensors: 1, keys: 0)
    file.tensor(name, dimensions, type: type, offset: offset)
    file.pad()
    file.bytes += [UInt8](repeating: 0, count: 64)
    return file
  }

  @Test func otherMagic() throws {
    var file = GGUFFileTests.sample()
    file.bytes[0] = 0x58
    #expect(try failure(file).message.contains("does not start with the letters GGUF"))
  }

  @Test(arguments: [UInt32(0), 1, 4, .max]) func otherVersions(version: UInt32) throws {
    let error = try failure(GGUFBytes(version: version, tensors: 0, keys: 0))
    #expect(error.message.contains("version \(version)"))
    #expect(error.offset == 4)
  }

  @Test func bigEndianIsNamed() throws {
    let error = try failure(GGUFBytes(version: UInt32(3).byteSwapped, tensors: 0, keys: 0))
    #expect(error.message.contains("big-endian"))
  }

  @Test(arguments: [UInt64(1000), 1 << 40, .max]) func hugeCounts(count: UInt64) throws {
    let tensors = try failure(GGUFBytes(tensors: count, keys: 0))
    #expect(tensors.code == .truncated)
    #expect(tensors.offset == 8)
    #expect(try failure(GGUFBytes(tensors: 0, keys: count)).offset == 16)
  }

  @Test(arguments: [UInt64(100), 1 << 62, .max]) func hugeArraysAndStrings(count: UInt64) throws {
    for type in [GGUFValueType.uint8, .uint64, .string, .array] {
      var file = GGUFBytes(tensors: 0, keys: 1)
      file.key("list", .array)
      file.append(type.rawValue)
      file.append(count)
      let error = try failure(file)
      #expect(error.message.contains("\(count) \(type) elements in 'list'"))
    }
    var file = GGUFBytes(tensors: 0, keys: 1)
    file.key("name", .string)
    file.append(count)
    #expect(try failure(file).message.contains("'name'"))
  }

  @Test func deepNestingStops() throws {
    var file = GGUFBytes(tensors: 0, keys: 1)
    file.key("deep", .array)
    for _ in 0..<100_000 {
      file.append(GGUFValueType.array.rawValue)
      file.append(UInt64(1))
    }
    #expect(try failure(file).message.contains("more than 8 deep"))
  }

  @Test func unknownValueTypes() throws {
    var file = GGUFBytes(tensors: 0, keys: 1)
    file.append("key")
    file.append(UInt32(13))
    #expect(try failure(file).message.contains("unknown value type 13"))
    var list = GGUFBytes(tensors: 0, keys: 1)
    list.key("list", .array)
    list.append(UInt32(99))
    list.append(UInt64(0))
    #expect(try failure(list).message.contains("unknown value type 99"))
  }

  @Test func keysAndTensorsMustBeUnique() throws {
    var keys = GGUFBytes(tensors: 0, keys: 2)
    keys.key("same", uint32: 1)
    keys.key("same", uint32: 2)
    #expect(try failure(keys).message.contains("'same' appears twice"))
    var tensors = GGUFBytes(tensors: 2, keys: 0)
    tensors.tensor("same", [4], type: 0, offset: 0)
    tensors.tensor("same", [4], type: 0, offset: 32)
    tensors.pad()
    tensors.bytes += [UInt8](repeating: 0, count: 64)
    #expect(try failure(tensors).message.contains("'same' appears twice"))
  }

  @Test func textMustBeUTF8() throws {
    var key = GGUFBytes(tensors: 0, keys: 1)
    key.append(bytes: [0xff, 0xfe])
    key.append(UInt32(0))
    key.append(UInt8(0))
    #expect(try failure(key).message.contains("key is not UTF-8"))
    var value = GGUFBytes(tensors: 0, keys: 1)
    value.key("name", .string)
    value.append(bytes: [0xc0])
    let error = try failure(value)
    #expect(error.message.contains("'name' is not UTF-8"))
    #expect(error.offset == 24 + 12 + 4)
  }

  @Test(arguments: [UInt32(0), 1, 3, 33, 1 << 31]) func alignmentIsAPowerOfTwo(value: UInt32) throws
  {
    var file = GGUFBytes(tensors: 0, keys: 1)
    file.key("general.alignment", uint32: value)
    #expect(try failure(file).message.contains("general.alignment is \(value)"))
  }

  @Test func otherAlignmentsWork() throws {
    var file = GGUFBytes(tensors: 1, keys: 1)
    file.key("general.alignment", uint32: 128)
    file.tensor("a", [1], type: 0, offset: 0)
    file.pad(to: 128)
    file.append(Float(3).bitPattern)
    let opened = try file.open()
    #expect(opened.alignment == 128)
    #expect(opened.tensors.first?.offset == 128)
  }

  @Test(arguments: [
    [UInt64(0)], [.max], [1 << 63, 2], [1 << 32, 1 << 32], [1 << 20, 1 << 20, 1 << 20, 1 << 20],
  ])
  func impossibleDimensions(dimensions: [UInt64]) throws {
    #expect(try failure(oneTensor(dimensions)).message.contains("impossible dimensions"))
  }

  @Test func dimensionCounts() throws {
    #expect(try failure(oneTensor([])).message.contains("0 dimensions"))
    #expect(try failure(oneTensor([1, 1, 1, 1, 1])).message.contains("5 dimensions"))
  }

  @Test func rowsMustBeWholeBlocks() throws {
    #expect(try failure(oneTensor([31], type: 2)).message.contains("multiple of 32"))
    #expect(try failure(oneTensor([128], type: 12)).message.contains("multiple of 256"))
  }

  @Test func unknownTensorTypesAreNamed() throws {
    let error = try failure(oneTensor([256], type: 16))
    #expect(error.message.contains("tensor 'weights' has the type id 16"))
    #expect(error.message.contains("q4_k = 12"))
  }

  @Test func extentsMustLieInTheFile() throws {
    #expect(
      try failure(oneTensor([16], offset: 8)).message.contains("multiple of the alignment 32"))
    #expect(try failure(oneTensor([17])).code == .truncated)
    #expect(try failure(oneTensor([1], offset: 64)).code == .truncated)
    #expect(try failure(oneTensor([1], offset: UInt64.max - 31)).code == .truncated)
    #expect(try oneTensor([16]).open().tensors.count == 1)
  }

  @Test func absentAndUnreadableFiles() throws {
    let folder = try TemporaryDirectory()
    func open(_ name: String) throws -> ModelFileError {
      try #require(throws: ModelFileError.self) { _ = try GGUFFile(path: folder.file(name)) }
    }
    #expect(try open("absent.gguf").code == .notFound)
    #expect(try open("").message.contains("directory"))
    try folder.write([], to: "empty.gguf")
    #expect(try open("empty.gguf").message.contains("empty"))
    try folder.write([1, 2, 3], to: "short.gguf")
    let short = try open("short.gguf")
    #expect(short.description.contains("short.gguf") && short.description.contains("at byte 0"))
    if getuid() != 0 {
      try folder.write([1], to: "secret.gguf")
      #expect(chmod(folder.file("secret.gguf"), 0) == 0)
      #expect(try open("secret.gguf").code == .permission)
    }
  }
}
