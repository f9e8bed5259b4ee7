// SPDX-License-Identifier: Apache-2.0

/// Reads JSON (RFC 8259) from bytes. Written for tokenizer files: half a million short strings in
/// a fraction of a second, errors with line and column, bounded nesting.
struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  private var depth = 0

  /// Deeper nesting is refused, as every level takes stack.
  private static let deepest = 128

  /// The value that `bytes` hold, with nothing after it.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) -> JSONValue {
    var reader = JSONReader(bytes)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { reader.index = 3 }
    let value = try reader.value()
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.error("unexpected text after the end") }
    return value
  }

  private init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  private func error(_ message: String) -> TokenizerError {
    var line = 1
    var column = 1
    for byte in bytes[..<min(index, bytes.count)] {
      if byte == 0x0a { line += 1 }
      column = byte == 0x0a ? 1 : column + 1
    }
    return TokenizerError(.malformed, "line \(line), column \(column): \(message)")
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0a, 0x0d, 0x09: index += 1
      default: return
      }
    }
  }

  private mutating func value() throws(TokenizerError) -> JSONValue {
    skipSpace()
    switch peek {
    case 0x7b: return try nested { reader throws(TokenizerError) in try reader.object() }
    case 0x5b: return try nested { reader throws(TokenizerError) in try reader.array() }
    case 0x22: return .string(try string())
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6e: return try word("null", .null)
    case nil: throw error("the file ends where a value should be")
    default: return try number()
    }
  }

  private mutating func nested(
    _ read: (inout JSONReader) throws(TokenizerError) -> JSONValue
  ) throws(TokenizerError) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("nested deeper than \(Self.deepest) levels") }
    return try read(&self)
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(TokenizerError) -> JSONValue {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[index..<end].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw error("expected \(word)") }
    index = end
    return value
  }

  private mutating func object() throws(TokenizerError) -> JSONValue {
    var members: [JSONValue.Member] = []
    index += 1
    skipSpace()
    if peek == 0x7d {
      index += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard peek == 0x22 else { throw error("expected a name in quotes") }
      let name = try string()
      skipSpace()
      guard peek == 0x3a else { throw error("expected ':' after \"\(name)\"") }
      index += 1
      members.append(.init(name: name, value: try value()))
      if try ends(with: 0x7d, "'}'") { return .object(members) }
    }
  }

  private mutating func array() throws(TokenizerError) -> JSONValue {
    var elements: [JSONValue] = []
    index += 1
    skipSpace()
    if peek == 0x5d {
      index += 1
      return .array([])
    }
    while true {
      elements.append(try value())
      if try ends(with: 0x5d, "']'") { return .array(elements) }
    }
  }

  /// Whether the list ends here; false after a comma.
  private mutating func ends(
    with close: UInt8, _ spelled: String
  ) throws(TokenizerError) -> Bool {
    skipSpace()
    let found = peek
    guard found == close || found == 0x2c else { throw error("expected ',' or \(spelled)") }
    index += 1
    return found == close
  }

  private mutating func number() throws(TokenizerError) -> JSONValue {
    let start = index
    while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
    // Ids are short plain digits; the rest of the grammar is left to the standard library.
    if index > start, index - start <= 15, !isNumberByte(peek) {
      return .number(Double(bytes[start..<index].reduce(0) { $0 * 10 + Int($1 - 0x30) }))
    }
    while isNumberByte(peek) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      index = start
      throw error("expected a value")
    }
    return .number(number)
  }

  private func isNumberByte(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    switch byte {
    case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: return true
    default: return false
    }
  }

  private mutating func string() throws(TokenizerError) -> String {
    index += 1
    let start = index
    while let byte = peek, byte != 0x22, byte != 0x5c { index += 1 }
    if peek == 0x22 {
      defer { index += 1 }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
    var output = Array(bytes[start..<index])
    while let byte = peek {
      index += 1
      switch byte {
      case 0x22: return String(decoding: output, as: UTF8.self)
      case 0x5c: try escape(into: &output)
      default: output.append(byte)
      }
    }
    throw error("the file ends inside a string")
  }

  private mutating func escape(into output: inout [UInt8]) throws(TokenizerError) {
    guard let byte = peek else { throw error("the file ends inside a string") }
    index += 1
    switch byte {
    case 0x22, 0x5c, 0x2f: output.append(byte)
    case 0x62: output.append(0x08)
    case 0x66: output.append(0x0c)
    case 0x6e: output.append(0x0a)
    case 0x72: output.append(0x0d)
    case 0x74: output.append(0x09)
    case 0x75: try unicode(into: &output)
    default: throw error("unknown escape in a string")
    }
  }

  private mutating func unicode(into output: inout [UInt8]) throws(TokenizerError) {
    var value = try hexadecimal()
    if value & 0xfc00 == 0xd800, peek == 0x5c, index + 1 < bytes.count, bytes[index + 1] == 0x75 {
      let resume = index
      index += 2
      let low = try hexadecimal()
      if low & 0xfc00 == 0xdc00 {
        value = 0x10000 + (value & 0x3ff) << 10 + (low & 0x3ff)
      } else {
        index = resume
      }
    }
    // Half of a surrogate pair is no character.
    output += Array(String(Unicode.Scalar(value) ?? "\u{fffd}").utf8)
  }

  private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
    guard index + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after \\u") }
    index += 4
    return value
  }
}
