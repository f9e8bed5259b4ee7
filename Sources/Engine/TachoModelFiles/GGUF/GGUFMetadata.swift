// SPDX-License-Identifier: Apache-2.0

/// A GGUF file's key-value pairs, in file order.
///
/// Getters return nil for an absent key and throw when the key holds another type.
package struct GGUFMetadata: Sendable {
  /// Where the values come from, for messages; empty for metadata built in memory.
  package let path: String
  package private(set) var keys: [String] = []
  private var values: [String: GGUFValue] = [:]

  package init(path: String = "") {
    self.path = path
  }

  package var count: Int { keys.count }

  /// The value as stored; setting nil removes the key, a new key goes to the end.
  package subscript(key: String) -> GGUFValue? {
    get { values[key] }
    set {
      if newValue == nil {
        keys.removeAll { $0 == key }
      } else if values[key] == nil {
        keys.append(key)
      }
      values[key] = newValue
    }
  }

  package func string(_ key: String) throws -> String? {
    try get(key, "text") { value in
      if case .string(let text) = value { return text }
      return nil
    }
  }

  /// A whole number of any width.
  package func int(_ key: String) throws -> Int? {
    try get(key, "a whole number") { $0.intValue }
  }

  /// A number; whole numbers are converted.
  package func double(_ key: String) throws -> Double? {
    try get(key, "a number") { $0.doubleValue }
  }

  package func bool(_ key: String) throws -> Bool? {
    try get(key, "true or false") { value in
      if case .bool(let flag) = value { return flag }
      return nil
    }
  }

  /// An array of text; bytes that are not UTF-8 are replaced by U+FFFD (see `byteStrings`).
  package func strings(_ key: String) throws -> [String]? {
    try array(key, "an array of strings") { $0.strings }
  }

  /// An array of strings byte for byte, as tokens need.
  package func byteStrings(_ key: String) throws -> [[UInt8]]? {
    try array(key, "an array of strings") { $0.byteStrings }
  }

  package func ints(_ key: String) throws -> [Int]? {
    try array(key, "an array of whole numbers") { $0.ints }
  }

  package func floats(_ key: String) throws -> [Float]? {
    try array(key, "an array of floats") { $0.floats }
  }

  package func bools(_ key: String) throws -> [Bool]? {
    try array(key, "an array of bools") { $0.bools }
  }

  /// The number of elements of an array, without decoding it.
  package func arrayCount(_ key: String) throws -> Int? {
    try array(key, "an array") { $0.count }
  }

  /// What `getter` found under `key`, or an error that names the missing key.
  package func required<Value>(
    _ key: String, _ getter: (GGUFMetadata) -> (String) throws -> Value?
  ) throws -> Value {
    guard let value = try getter(self)(key) else {
      throw ModelFileError(.missing, "the metadata lacks '\(key)'", path: path)
    }
    return value
  }

  private func get<Value>(
    _ key: String, _ expectation: String, _ convert: (GGUFValue) -> Value?
  ) throws -> Value? {
    guard let value = values[key] else { return nil }
    guard let converted = convert(value) else {
      var found = "\(value.type)"
      if case .array(let array) = value { found = "array of \(array.elementType)" }
      throw ModelFileError(
        .wrongType, "'\(key)' should be \(expectation) but is of type \(found)", path: path)
    }
    return converted
  }

  private func array<Value>(
    _ key: String, _ expectation: String, _ convert: (GGUFArray) -> Value?
  ) throws -> Value? {
    try get(key, expectation) { value in
      if case .array(let array) = value { return convert(array) }
      return nil
    }
  }
}
