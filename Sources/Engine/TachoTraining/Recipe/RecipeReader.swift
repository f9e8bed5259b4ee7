// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import Yams

/// One mapping of a recipe, read key by key: types and ranges are checked, and what nobody asked for is an error.
struct RecipeReader {
  let file: String
  /// Where the mapping stands, for messages: `training.` or nothing.
  let prefix: String
  private let entries: [String: Node]
  private let line: Int
  private var known: [String] = []

  /// The top of a recipe.
  init(file: String, text: String) throws {
    let root: Node?
    do { root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() } catch {
      throw TrainingError(.badRecipe, "\(file): not valid YAML: \(error)")
    }
    guard let root else { throw TrainingError(.badRecipe, "\(file): the recipe is empty") }
    try self.init(file: file, prefix: "", root)
  }

  private init(file: String, prefix: String, _ node: Node) throws {
    self.file = file
    self.prefix = prefix
    line = node.mark?.line ?? 1
    guard let mapping = node.mapping else {
      throw TrainingError(
        .badRecipe,
        "\(file):\(node.mark?.line ?? 1): \(prefix.isEmpty ? "a recipe" : "'\(prefix.dropLast())'") is a "
          + "mapping of keys to values")
    }
    var entries: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw TrainingError(.badRecipe, "\(file):\(key.mark?.line ?? 1): a key is a word")
      }
      entries[name] = value
    }
    self.entries = entries
  }

  private func failure(_ key: String, _ problem: String) -> TrainingError {
    let line = entries[key]?.mark?.line ?? line
    return TrainingError(.badRecipe, "\(file):\(line): \(prefix)\(key) \(problem)")
  }

  private mutating func scalar(_ key: String) throws -> String? {
    known.append(key)
    guard let node = entries[key] else { return nil }
    guard let text = node.scalar?.string else { throw failure(key, "must be one value") }
    return text
  }

  private func required<Value>(_ key: String, _ value: Value?) throws -> Value {
    guard let value else { throw failure(key, "is missing") }
    return value
  }

  mutating func text(_ key: String) throws -> String? { try scalar(key) }

  mutating func requiredText(_ key: String) throws -> String {
    let value = try scalar(key)
    return try required(key, value)
  }

  mutating func int(_ key: String) throws -> Int? {
    guard let text = try scalar(key) else { return nil }
    guard let value = Int(text) else {
      throw failure(key, "is '\(text)': it must be a whole number")
    }
    return value
  }

  mutating func requiredInt(_ key: String) throws -> Int {
    let value = try int(key)
    return try required(key, value)
  }

  mutating func double(_ key: String) throws -> Double? {
    guard let text = try scalar(key) else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw failure(key, "is '\(text)': it must be a number")
    }
    return value
  }

  mutating func flag(_ key: String) throws -> Bool? {
    guard let text = try scalar(key) else { return nil }
    guard let value = Bool(text) else {
      throw failure(key, "is '\(text)': it must be true or false")
    }
    return value
  }

  /// One of an enumeration's raw values.
  mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Value.Type
  ) throws -> Value? where Value.RawValue == String {
    guard let text = try scalar(key) else { return nil }
    return try choice(key, text, type)
  }

  private func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ text: String, _ type: Value.Type
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw failure(
        key,
        "is '\(text)': it must be one of "
          + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  private mutating func list(_ key: String) throws -> [String]? {
    known.append(key)
    guard let node = entries[key] else { return nil }
    guard let items = node.sequence else { throw failure(key, "must be a list") }
    return try items.map {
      guard let text = $0.scalar?.string else { throw failure(key, "must be a list of values") }
      return text
    }
  }

  mutating func ints(_ key: String) throws -> [Int]? {
    guard let list = try list(key) else { return nil }
    return try list.map {
      guard let value = Int($0) else {
        throw failure(key, "holds '\($0)', which is no whole number")
      }
      return value
    }
  }

  mutating func doubles(_ key: String) throws -> [Double]? {
    guard let list = try list(key) else { return nil }
    return try list.map {
      guard let value = Double($0), value.isFinite else {
        throw failure(key, "holds '\($0)', which is no number")
      }
      return value
    }
  }

  mutating func choices<Value: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Value.Type
  ) throws -> [Value]? where Value.RawValue == String {
    guard let list = try list(key) else { return nil }
    return try list.map { try choice(key, $0, type) }
  }

  /// A mapping inside.
  mutating func section(_ key: String) throws -> RecipeReader? {
    known.append(key)
    return try entries[key].map { try RecipeReader(file: file, prefix: prefix + key + ".", $0) }
  }

  mutating func requiredSection(_ key: String) throws -> RecipeReader {
    let section = try section(key)
    return try required(key, section)
  }

  /// A list of mappings, one at least.
  mutating func sections(_ key: String) throws -> [RecipeReader] {
    known.append(key)
    guard let items = entries[key]?.sequence, !items.isEmpty else {
      throw failure(key, "must be a list of mappings")
    }
    return try items.enumerated().map {
      try RecipeReader(file: file, prefix: "\(prefix)\(key)[\($0)].", $1)
    }
  }

  /// Every key with its value as YAML's core rules read it; all count as known.
  mutating func values(prefixed name: String) throws -> Configuration {
    var values = Configuration()
    for (key, node) in entries {
      known.append(key)
      guard let text = node.scalar?.string else { throw failure(key, "must be one value") }
      values[name + key] =
        Int(text).map { .int($0) } ?? Double(text).map { .double($0) } ?? .string(text)
    }
    return values
  }

  /// Complains about keys that nothing asked for.
  func finish() throws {
    for key in entries.keys.sorted() where !known.contains(key) {
      let hint = Spelling.suggestion(for: key, among: known)
      throw failure(
        key,
        "is not a key here" + (hint.map { "; did you mean '\($0)'?" } ?? "")
          + " (keys: \(known.sorted().joined(separator: ", ")))")
    }
  }

  /// The mapping as one value, for an identity; `without` names keys that leave it as it is.
  func canonical(without: [String]) -> String {
    let kept = entries.filter { !without.contains($0.key) }.mapValues(Self.value)
    return ConfigurationValue.object(kept).canonicalJSON
  }

  private static func value(_ node: Node) -> ConfigurationValue {
    if let scalar = node.scalar { return .string(scalar.string) }
    if let sequence = node.sequence { return .array(sequence.map(value)) }
    var members: [String: ConfigurationValue] = [:]
    for (key, value) in node.mapping ?? [:] {
      members[key.scalar?.string ?? ""] = Self.value(value)
    }
    return .object(members)
  }
}
