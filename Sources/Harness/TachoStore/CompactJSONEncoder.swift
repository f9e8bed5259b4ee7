// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Writes a value as JSON straight into text; Foundation's encoder builds a tree first, which was a
/// quarter of the cost of storing a sample.
///
/// Members stand in the order the type encodes them, those of dictionaries of numbers or texts sorted;
/// numbers that are not finite are the strings "inf", "-inf" and "nan". Only what synthesised
/// conformances ask for: a type that asks for nested containers gets nil, and its caller takes
/// Foundation's encoder.
final class CompactJSONEncoder: Encoder {
  fileprivate final class Output {
    var text = ""
    var isSupported = true
  }

  fileprivate let output: Output
  private var isOpen = false
  private var closing = ""

  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  fileprivate init(_ output: Output) {
    self.output = output
  }

  /// Nil when the type encodes itself in a way that is not supported.
  static func text(of value: some Encodable) throws -> String? {
    let output = Output()
    output.text.reserveCapacity(512)
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

  private func open(_ opening: String, _ closing: String) {
    // Asked for twice it would be open twice.
    if isOpen { output.isSupported = false }
    isOpen = true
    output.text += opening
    self.closing = closing
  }

  /// Writes any value; containers that it opens are closed when it is done.
  fileprivate static func write<T: Encodable>(_ value: T, to output: Output) throws {
    // Concrete types only: asking whether a type has a protocol costs more than writing it.
    switch value {
    case let value as Int: output.text += String(value)
    case let value as Double: write(value, to: output)
    case let value as String: output.text += ConfigurationValue.quoted(value)
    case let value as Bool: output.text += value ? "true" : "false"
    case let value as [Int]:
      output.text += "[" + value.map { String($0) }.joined(separator: ",") + "]"
    case let value as [String: Double]: try writeSorted(value, to: output)
    case let value as [String: Int]: try writeSorted(value, to: output)
    case let value as [String: String]: try writeSorted(value, to: output)
    default:
      let encoder = CompactJSONEncoder(output)
      try value.encode(to: encoder)
      output.text += encoder.closing
    }
  }

  /// A dictionary, whose own order is another in every process.
  private static func writeSorted<Value: Encodable>(
    _ members: [String: Value], to output: Output
  ) throws {
    output.text += "{"
    var isFirst = true
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if !isFirst { output.text += "," }
      isFirst = false
      output.text += ConfigurationValue.quoted(key) + ":"
      try write(value, to: output)
    }
    output.text += "}"
  }

  private static func write(_ value: Double, to output: Output) {
    output.text +=
      value.isFinite
      ? value.description : value.isNaN ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\""
  }
}

/// One generic method is the witness of all the `encode` requirements.
private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let output: CompactJSONEncoder.Output
  var isFirst = true
  var codingPath: [any CodingKey] { [] }

  init(output: CompactJSONEncoder.Output) {
    self.output = output
  }

  private mutating func name(_ key: Key) {
    output.text += isFirst ? "\"" : ",\""
    isFirst = false
    output.text += key.stringValue
    output.text += "\":"
  }

  mutating func encodeNil(forKey key: Key) {
    name(key)
    output.text += "null"
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
  let output: CompactJSONEncoder.Output
  var count = 0
  var codingPath: [any CodingKey] { [] }

  init(output: CompactJSONEncoder.Output) {
    self.output = output
  }

  mutating func encodeNil() {
    if count > 0 { output.text += "," }
    count += 1
    output.text += "null"
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    if count > 0 { output.text += "," }
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
  let output: CompactJSONEncoder.Output
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { output.text += "null" }

  /// Numbers of other sizes end here, as the single value they are: they must not ask again.
  func encode<T: Encodable>(_ value: T) throws {
    switch value {
    case let value as Float: try CompactJSONEncoder.write(Double(value), to: output)
    case let value as any BinaryInteger: output.text += "\(value)"
    default: try CompactJSONEncoder.write(value, to: output)
    }
  }
}
