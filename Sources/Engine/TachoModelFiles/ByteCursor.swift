// SPDX-License-Identifier: Apache-2.0

/// Walks through a file front to back; a read past the end throws instead of trapping.
struct ByteCursor {
  let file: MappedFile
  var offset: Int

  init(_ file: MappedFile, at offset: Int = 0) {
    self.file = file
    self.offset = offset
  }

  /// Bytes left; 0 when the cursor stands past the end.
  var remaining: Int { max(0, file.size - offset) }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    let value = try file.integer(type, at: offset)
    offset += MemoryLayout<Value>.size
    return value
  }

  mutating func skip(_ count: Int) throws {
    _ = try file.slice(offset, count)
    offset += count
  }

  /// A 64-bit count of things of at least `minimumBytes` each, refused if the file cannot hold them.
  mutating func count(
    of what: @autoclosure () -> String, minimumBytes: Int
  ) throws -> Int {
    let start = offset
    let value = try integer(UInt64.self)
    guard value <= UInt64(remaining / minimumBytes) else {
      throw ModelFileError(
        .truncated,
        "announces \(value) \(what()), but only \(remaining) bytes follow: it is cut off or damaged",
        path: file.path, offset: start)
    }
    return Int(value)
  }

  /// The bytes of a GGUF string (64-bit length, then bytes).
  mutating func stringBytes(
    _ what: @autoclosure () -> String
  ) throws -> UnsafeRawBufferPointer {
    let length = try count(of: "bytes of \(what())", minimumBytes: 1)
    let bytes = try file.slice(offset, length)
    offset += length
    return bytes
  }

  /// A GGUF string that must be UTF-8: keys, names and single values.
  mutating func string(_ what: @autoclosure () -> String) throws -> String {
    let start = offset
    let bytes = try stringBytes(what())
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ModelFileError(.malformed, "\(what()) is not UTF-8", path: file.path, offset: start)
    }
    return text
  }
}
