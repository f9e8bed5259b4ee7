// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoModelFiles
import Testing

@Suite struct GGUFFileTests {
  /// One of every value type, an array in an array, and two tensors.
  static func sample(version: UInt32 = 3) -> GGUFBytes {
    var file = GGUFBytes(version: version, tensors: 2, keys: 10)
    file.key("general.architecture", text: "llama")
    file.key("i8", .int8)
    file.append(Int8(-3))
    file.key("u64", .uint64)
    file.append(UInt64.max)
    file.key("f32", .float32)
    file.append(Float(1.5).bitPattern)
    file.key("f64", .float64)
    file.append(Double(0.1).bitPattern)
    file.key("yes", .bool)
    file.append(UInt8(1))
    file.key("tokens", .array)
    file.append(GGUFValueType.string.rawValue)
    file.append(UInt64(3))
    file.append("a")
    file.append(bytes: [0xff, 0x41])
    file.append("")
    file.key("ids", .array)
    file.append(GGUFValueType.int16.rawValue)
    file.append(UInt64(2))
    file.append(Int16(-1))
    file.append(Int16(7))
    file.key("scores", .array)
    file.append(GGUFValueType.float32.rawValue)
    file.append(UInt64(1))
    file.append(Float(-2.25).bitPattern)
    file.key("nested", .array)
    file.append(GGUFValueType.array.rawValue)
    file.append(UInt64(1))
    file.append(GGUFValueType.uint8.rawValue)
    file.append(UInt64(2))
    file.append(UInt8(1))
    file.append(UInt8(2))
    file.tensor("a", [2, 3], type: 0, offset: 0)
    file.tensor("b", [32], type: 2, offset: 32)
    file.pad()
    for index in 0..<6 { file.append(Float(index).bitPattern) }
    file.pad()
    file.bytes += (0..<18).map { UInt8($0) }
    return file
  }

  @Test(arguments: [UInt32(2), 3]) func readsEveryValueType(version: UInt32) throws {
    let file = try Self.sample(version: version).open()
    #expect(file.version == version)
    #expect(file.alignment == 32)
    let metadata = file.metadata
    #expect(metadata.keys.first == "general.architecture")
    #expect(metadata.count == 10)
    #expect(try metadata.string("general.architecture") == "llama")
    #expect(try metadata.int("i8") == -3)
    #expect(try metadata.double("f32") == 1.5)
    #expect(try metadata.double("f64") == 0.1)
    #expect(try metadata.double("i8") == -3)
    #expect(try metadata.bool("yes") == true)
    #expect(try metadata.strings("tokens") == ["a", "\u{fffd}A", ""])
    #expect(try metadata.byteStrings("tokens") == [[0x61], [0xff, 0x41], []])
    #expect(try metadata.ints("ids") == [-1, 7])
    #expect(try metadata.floats("scores") == [-2.25])
    #expect(try metadata.arrayCount("nested") == 1)
    #expect(try metadata.string("absent") == nil)
  }

  @Test func readsTensors() throws {
    let file = try Self.sample().open()
    let a = try #require(file.tensor(named: "a"))
    #expect(a.type == .f32)
    #expect(a.dimensions == [2, 3])
    #expect(a.rowCount == 3)
    #expect(a.byteCount == 24)
    let values = file.bytes(of: a).bindMemory(to: Float.self)
    #expect(Array(values) == [0, 1, 2, 3, 4, 5])
    let b = try #require(file.tensor(named: "b"))
    #expect(b.offset % 32 == 0)
    #expect(file.bytes(of: b).map { $0 } == (0..<18).map { UInt8($0) })
    #expect(file.tensor(named: "c") == nil)
  }

  @Test(arguments: ["i8", "yes", "tokens", "u64", "ids"])
  func wrongTypesAreNamed(key: String) throws {
    let metadata = try Self.sample().open().metadata
    #expect {
      _ = try metadata.string(key)
    } throws: { error in
      let text = "\(error)"
      return text.contains("'\(key)'") && text.contains("should be text")
    }
    #expect(throws: ModelFileError.self) { try metadata.floats(key) }
  }

  @Test func wholeNumbersAboveIntMaxAreRefused() throws {
    let metadata = try Self.sample().open().metadata
    #expect(throws: ModelFileError.self) { try metadata.int("u64") }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = Self.sample().bytes
    for length in 0..<whole.count {
      let file = MappedFile(copying: Array(whole.prefix(length)), name: "cut.gguf")
      #expect(throws: ModelFileError.self, "cut to \(length) bytes") { try GGUFFile(file) }
    }
  }
}
