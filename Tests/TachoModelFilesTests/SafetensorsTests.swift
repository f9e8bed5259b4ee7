// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoModelFiles
import Testing

@Suite struct SafetensorsTests {
  /// A safetensors file of this header and data.
  static func bytes(_ header: String, data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
  }

  static let header = """
    {"__metadata__":{"format":"pt"},\
    "b":{"dtype":"BF16","shape":[2,2],"data_offsets":[8,16]},\
    "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
    "ids":{"dtype":"I64","shape":[1],"data_offsets":[16,24]}}
    """

  private func open(_ header: String, data count: Int = 24) throws -> SafetensorsFile {
    let bytes = Self.bytes(header, data: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    return try SafetensorsFile(MappedFile(copying: bytes, name: "test.safetensors"))
  }

  private func failure(_ header: String, data count: Int = 24) throws -> String {
    try #require(throws: ModelFileError.self) { _ = try open(header, data: count) }.description
  }

  @Test func readsTensorsInFileOrder() throws {
    let file = try open(Self.header)
    #expect(file.names == ["a", "b", "ids"])
    #expect(file.byteCount == 24)
    let b = try #require(try file.tensor(named: "b"))
    #expect(b.type == .bf16)
    #expect(b.shape == [2, 2])
    #expect(file.bytes(of: b).map { $0 } == Array(8..<16))
    #expect(try file.tensor(named: "c") == nil)
  }

  @Test func otherTypesFailOnlyWhenAskedFor() throws {
    let file = try open(Self.header)
    let error = try #require(throws: ModelFileError.self) { _ = try file.tensor(named: "ids") }
    #expect(error.message.contains("'ids' is of type I64; F32, F16 and BF16"))
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}"#, "has 12 bytes"),
    (#"{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}"#, "cut off"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "lacks data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "lacks data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "whole numbers"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, "whole numbers"),
    (#"{"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,8]}}"#, "whole numbers"),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
      "impossible shape"
    ),
    (
      #"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}"#, "has 0 bytes"
    ),
    (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, "lacks a dtype"),
    (#"{"a":7}"#, "not a JSON object"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "16 bytes at the end"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}"#, "leaves a gap"),
    (
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#
        + #""b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#, "overlaps"
    ),
    ("[]", "not a JSON object"), ("{", "not valid JSON"), ("", "not valid JSON"),
    ("{\"a\":\u{1}}", "not valid JSON"),
  ])
  func brokenHeaders(header: String, reason: String) throws {
    let message = try failure(header)
    #expect(message.contains(reason), "\(message)")
    #expect(message.contains("test.safetensors"))
  }

  @Test func headerLengthBeyondTheFile() throws {
    for length in [UInt64(10), 1 << 40, .max] {
      let bytes = withUnsafeBytes(of: length) { Array($0) } + [0x7b, 0x7d]
      let error = try #require(throws: ModelFileError.self) {
        _ = try SafetensorsFile(MappedFile(copying: bytes, name: "x"))
      }
      #expect(error.code == .truncated)
    }
  }

  @Test func deeplyNestedJSONIsRefused() throws {
    let deep = String(repeating: "[", count: 200_000)
    #expect(try failure("{\"a\":" + deep).contains("not valid JSON"))
  }

  @Test func readsShardsThroughTheIndex() throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      Self.bytes(
        #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: [1, 2]),
      to: "1.safetensors"
    )
    try folder.write(
      Self.bytes(
        #"{"y":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: [3, 4]),
      to: "2.safetensors"
    )
    let index = #"{"weight_map":{"x":"1.safetensors","y":"2.safetensors"}}"#
    try folder.write(Array(index.utf8), to: "model.safetensors.index.json")
    for path in [folder.path, folder.file("model.safetensors.index.json")] {
      let file = try SafetensorsFile(path: path)
      #expect(file.names == ["x", "y"])
      let y = try #require(try file.tensor(named: "y"))
      #expect(file.bytes(of: y).map { $0 } == [3, 4])
    }
  }

  @Test(arguments: [
    (#"{"weight_map":{"x":"gone.safetensors"}}"#, "no such file"),
    (#"{"weight_map":{"z":"1.safetensors"}}"#, "does not have it"),
    (#"{"weight_map":{"x":"../1.safetensors"}}"#, "no plain file name"),
    (#"{"weight_map":{"x":3}}"#, "no plain file name"),
    (#"{"weight_map":{}}"#, "lacks a weight_map"),
    (#"{}"#, "lacks a weight_map"),
  ])
  func brokenIndexes(index: String, reason: String) throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      Self.bytes(
        #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: [1, 2]),
      to: "1.safetensors"
    )
    try folder.write(Array(index.utf8), to: "model.safetensors.index.json")
    let error = try #require(throws: ModelFileError.self) {
      _ = try SafetensorsFile(path: folder.path)
    }
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func anEmptyDirectoryIsExplained() throws {
    let folder = try TemporaryDirectory()
    let error = try #require(throws: ModelFileError.self) {
      _ = try SafetensorsFile(path: folder.path)
    }
    #expect(error.message.contains("neither model.safetensors nor"))
  }
}
