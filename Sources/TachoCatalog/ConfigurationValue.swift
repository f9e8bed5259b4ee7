// SPDX-License-Identifier: Apache-2.0

/// One value of a configuration knob, as YAML and JSON can write it.
package enum ConfigurationValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([ConfigurationValue])
  case object([String: ConfigurationValue])
}

extension ConfigurationValue {
  package var stringValue: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  package var boolValue: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  package var intValue: Int? {
    switch self {
    case .int(let value): return value
    case .double(let value): return Int(exactly: value)
    default: return nil
    }
  }

  package var doubleValue: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .double(let value): return value
    default: return nil
    }
  }

  /// What a person reads in a table: no quotes around strings.
  package var display: String {
    switch self {
    case .string(let value): return value
    case .double(let value) where value == value.rounded() && abs(value) < 1e15:
      return String(Int(value))
    default: return canonicalJSON
    }
  }

  /// JSON with sorted keys and no spaces: equal values have equal text, which is hashed for identity.
  package var canonicalJSON: String {
    var bytes: [UInt8] = []
    appendCanonicalJSON(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func appendCanonicalJSON(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): bytes.append(contentsOf: String(value).utf8)
    case .double(let value):
      // JSON has no infinities; a whole double is written like the integer it equals.
      if !value.isFinite {
        bytes.append(contentsOf: "null".utf8)
      } else if let whole = Int(exactly: value), abs(value) < 9e15 {
        bytes.append(contentsOf: String(whole).utf8)
      } else {
        bytes.append(contentsOf: String(value).utf8)
      }
    case .string(let value): Self.appendQuoted(value, to: &bytes)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (place, value) in values.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        value.appendCanonicalJSON(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members): Self.appendCanonicalJSON(ofObject: members, to: &bytes)
    }
  }

  /// The UTF-8 of the canonical JSON of an object, without making a value or a text of it.
  package static func appendCanonicalJSON(
    ofObject members: [String: ConfigurationValue], to bytes: inout [UInt8]
  ) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      appendQuoted(key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      value.appendCanonicalJSON(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// A JSON string literal, quotes included.
  package static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    appendQuoted(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The UTF-8 of a JSON string literal.
  package static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    // Names and paths, nearly always, have nothing to escape.
    if bytes[start...].contains(where: needsEscape) {
      bytes.removeSubrange(start...)
      for byte in text.utf8 { appendEscaped(byte, to: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    guard needsEscape(byte) else {
      bytes.append(byte)
      return
    }
    switch Unicode.Scalar(byte) {
    case "\"": bytes.append(contentsOf: #"\""#.utf8)
    case "\\": bytes.append(contentsOf: #"\\"#.utf8)
    case "\n": bytes.append(contentsOf: #"\n"#.utf8)
    case "\r": bytes.append(contentsOf: #"\r"#.utf8)
    case "\t": bytes.append(contentsOf: #"\t"#.utf8)
    default:
      let hex = String(byte, radix: 16)
      bytes.append(contentsOf: (#"\u"# + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
    }
  }
}

extension ConfigurationValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([ConfigurationValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: ConfigurationValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value):
      if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension ConfigurationValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: ConfigurationValue...) { self = .array(elements) }
}
