// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Writes a value as JSON straight into bytes; Foundation's encoder builds a tree first, which was a
/// quarter of the cost of storing a sample.
///
/// Members stand in the order the type encodes them, those of dictionaries of numbers or texts sorted;
/// numbers that are not finite are the strings "inf", "-inf" and "nan". Only what synthesised
/// conformances ask for: a type that asks for nested containers gets nil, and its caller takes
/// Foundation's encoder.
final class CompactJSONEncoder: Encoder {
  fileprivate let output: JSONText
  private var isOpen = false
  private var closing: StaticString = ""

  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  fileprivate init(_ output: JSONText) {
    self.output = output
  }

  /// Nil when the type encodes itself in a way that is not supported.
  static func text(of value: some Encodable) throws -> String? {
    let output = JSONText()
    try write(value, to: output)
    return output.isSupported ? output.text : nil
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    open("{", "}")
    return KeyedEncodingContainer(Members<Key>(output: output))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    open("[", "]")
    return Elements(output: output)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(output: output) }

  private func open(_ opening: StaticString, _ closing: StaticString) {
    // Asked for twice it would be open twice.
    if isOpen { output.isSupported = false }
    isOpen = true
    output.append(opening)
    self.closing = closing
  }

  /// Writes any value; containers that it opens are closed when it is done.
  static func write<T: Encodable>(_ value: T, to output: JSONText) throws {
    // Only a type that is known is cast to: a cast that fails costs more than writing the value.
    guard known.contains(where: { $0 == T.self }) else {
      let encoder = CompactJSONEncoder(output)
      try value.encode(to: encoder)
      output.append(encoder.closing)
      return
    }
    switch value {
    case let value as Int: output.append(value)
    case let value as Double: output.append(value)
    case let value as String: output.append(quoted: value)
    case let value as Bool: output.append(value)
    case let value as [Int]: output.append(value)
    case let value as [String: Double]: try writeSorted(value, to: output)
    case let value as [String: Int]: try writeSorted(value, to: output)
    case let value as [String: String]: try writeSorted(value, to: output)
    default: output.isSupported = false
    }
  }

  private static let known: [Any.Type] = [
    Int.self, Double.self, String.self, Bool.self, [Int].self, [String: Double].self,
    [String: Int].self, [String: String].self,
  ]

  /// A dictionary, whose own order is another in every process.
  private static func writeSorted<Value: Encodable>(
    _ members: [String: Value], to output: JSONText
  ) throws {
    output.append("{")
    var isFirst = true
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if !isFirst { output.append(",") }
      isFirst = false
      output.append(quoted: key)
      output.append(":")
      try write(value, to: output)
    }
    output.append("}")
  }
}

/// One generic method is the witness of most of the `encode` requirements; the commonest types have their
/// own, because finding out a value's type takes longer than writing it.
private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let output: JSONText
  var isFirst = true
  var codingPath: [any CodingKey] { [] }

  init(output: JSONText) {
    self.output = output
  }

  private mutating func name(_ key: Key) {
    output.append(name: key.stringValue, isFirst: isFirst)
    isFirst = false
  }

  mutating func encodeNil(forKey key: Key) {
    name(key)
    output.append("null")
  }

  mutating func encode(_ value: Int, forKey key: Key) {
    name(key)
    output.append(value)
  }

  mutating func encode(_ value: Double, forKey key: Key) {
    name(key)
    output.append(value)
  }

  mutating func encode(_ value: String, forKey key: Key) {
    name(key)
    output.append(quoted: value)
  }

  mutating func encode(_ value: Bool, forKey key: Key) {
    name(key)
    output.append(value)
  }

  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    name(key)
    try CompactJSONEncoder.write(value, to: output)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    output.isSupported = false
    return KeyedEncodingContainer(Members<Nested>(output: output))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    output.isSupported = false
    return Elements(output: output)
  }

  func superEncoder() -> any Encoder { Elements(output: output).superEncoder() }
  func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

private struct Elements: UnkeyedEncodingContainer {
  let output: JSONText
  var count = 0
  var codingPath: [any CodingKey] { [] }

  init(output: JSONText) {
    self.output = output
  }

  mutating func encodeNil() {
    if count > 0 { output.append(",") }
    count += 1
    output.append("null")
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    if count > 0 { output.append(",") }
    count += 1
    try CompactJSONEncoder.write(value, to: output)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    output.isSupported = false
    return KeyedEncodingContainer(Members<Nested>(output: output))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    output.isSupported = false
    return self
  }

  func superEncoder() -> any Encoder {
    output.isSupported = false
    return CompactJSONEncoder(output)
  }
}

private struct Single: SingleValueEncodingContainer {
  let output: JSONText
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { output.append("null") }

  /// Numbers of other sizes end here, as the single value they are: they must not ask again.
  func encode<T: Encodable>(_ value: T) throws {
    switch value {
    case let value as Float: try CompactJSONEncoder.write(Double(value), to: output)
    case let value as any BinaryInteger: output.append(verbatim: "\(value)")
    default: try CompactJSONEncoder.write(value, to: output)
    }
  }
}
