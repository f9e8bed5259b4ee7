// SPDX-License-Identifier: Apache-2.0

/// An array of GGUF metadata, kept as its encoded bytes and decoded on demand: a vocabulary of
/// 128,000 tokens costs one walk over its lengths when the file is opened, and nothing else.
package struct GGUFArray: Sendable, Equatable {
  private enum Storage: Sendable {
    case file(MappedFile, offset: Int, count: Int)
    case encoded([UInt8])
  }

  package let elementType: GGUFValueType
  package let count: Int
  private let storage: Storage

  /// The deepest nesting of arrays in arrays that is read; known files use one level.
  static let depthLimit = 8

  /// The elements as a GGUF file stores them, without the array's own type and count.
  package func withEncodedBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .file(let file, let offset, let count):
      return try withExtendedLifetime(file) {
        try body(UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count]))
      }
    case .encoded(let bytes):
      return try bytes.withUnsafeBytes(body)
    }
  }

  package static func == (left: GGUFArray, right: GGUFArray) -> Bool {
    guard left.elementType == right.elementType, left.count == right.count else { return false }
    return left.withEncodedBytes { a in right.withEncodedBytes { b in a.elementsEqual(b) } }
  }

  /// Checks an array (type, count, elements) and moves the cursor past it.
  static func read(key: String, from cursor: inout ByteCursor, depth: Int) throws -> GGUFArray {
    let start = cursor.offset
    guard depth <= depthLimit else {
      throw ModelFileError(
        .unsupported, "'\(key)' nests arrays more than \(depthLimit) deep",
        path: cursor.file.path, offset: start)
    }
    let id = try cursor.integer(UInt32.self)
    guard let type = GGUFValueType(rawValue: id) else {
      throw ModelFileError(
        .malformed, "'\(key)' is an array of the unknown value type \(id)",
        path: cursor.file.path, offset: start)
    }
    let count = try cursor.count(
      of: "\(type) elements in '\(key)'", minimumBytes: type.minimumSize)
    let first = cursor.offset
    if let size = type.fixedSize {
      try cursor.skip(count * size)
    } else if type == .string {
      for _ in 0..<count { _ = try cursor.stringBytes("an element of '\(key)'") }
    } else {
      for _ in 0..<count { _ = try read(key: key, from: &cursor, depth: depth + 1) }
    }
    return GGUFArray(
      elementType: type, count: count,
      storage: .file(cursor.file, offset: first, count: cursor.offset - first))
  }
}

extension GGUFArray {
  /// An array of strings for a file to be written, given as bytes because tokens need not be UTF-8.
  package init(byteStrings: [[UInt8]]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteStrings.reduce(0) { $0 + $1.count + 8 })
    for string in byteStrings {
      withUnsafeBytes(of: UInt64(string.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: string)
    }
    self.init(elementType: .string, count: byteStrings.count, storage: .encoded(bytes))
  }

  /// An array of text for a file to be written.
  package init(strings: [String]) {
    self.init(byteStrings: strings.map { Array($0.utf8) })
  }

  /// An array of 32-bit integers for a file to be written.
  package init(int32s values: [Int32]) {
    let bytes = values.map(\.littleEndian).withUnsafeBytes { Array($0) }
    self.init(elementType: .int32, count: values.count, storage: .encoded(bytes))
  }

  /// An array of 32-bit floats for a file to be written.
  package init(floats values: [Float]) {
    let bytes = values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
    self.init(elementType: .float32, count: values.count, storage: .encoded(bytes))
  }

  /// The strings exactly as stored; nil when the elements are not strings.
  package var byteStrings: [[UInt8]]? { mapStrings { Array($0) } }

  /// The strings as text, bytes that are not UTF-8 replaced by U+FFFD; nil when not strings.
  package var strings: [String]? { mapStrings { String(decoding: $0, as: UTF8.self) } }

  /// Whole numbers of any width; nil for other types or when one exceeds `Int.max`.
  package var ints: [Int]? {
    switch elementType {
    case .uint8: return map(UInt8.self) { Int($0) }
    case .int8: return map(Int8.self) { Int($0) }
    case .uint16: return map(UInt16.self) { Int($0) }
    case .int16: return map(Int16.self) { Int($0) }
    case .uint32: return map(UInt32.self) { Int($0) }
    case .int32: return map(Int32.self) { Int($0) }
    case .int64: return map(Int64.self) { Int($0) }
    case .uint64:
      let values = map(UInt64.self) { Int(exactly: $0) }
      let fitting = values.compactMap { $0 }
      return fitting.count == values.count ? fitting : nil
    case .float32, .float64, .bool, .string, .array: return nil
    }
  }

  /// Floating-point elements; nil for other types.
  package var floats: [Float]? {
    switch elementType {
    case .float32: return map(UInt32.self) { Float(bitPattern: $0) }
    case .float64: return map(UInt64.self) { Float(Double(bitPattern: $0)) }
    default: return nil
    }
  }

  /// Truth values; nil for other types.
  package var bools: [Bool]? {
    elementType == .bool ? map(UInt8.self) { $0 != 0 } : nil
  }

  private func map<Raw: FixedWidthInteger, Value>(
    _ raw: Raw.Type, _ transform: (Raw) -> Value
  ) -> [Value] {
    withEncodedBytes { bytes in
      (0..<count).map { index in
        let offset = index * MemoryLayout<Raw>.size
        return transform(Raw(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: raw)))
      }
    }
  }

  /// The lengths were checked when the array was read, so this walk cannot leave the bytes.
  private func mapStrings<Value>(_ transform: (UnsafeRawBufferPointer) -> Value) -> [Value]? {
    guard elementType == .string else { return nil }
    return withEncodedBytes { bytes in
      var values: [Value] = []
      values.reserveCapacity(count)
      var offset = 0
      for _ in 0..<count {
        let length = Int(
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        offset += 8
        values.append(transform(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])))
        offset += length
      }
      return values
    }
  }
}
