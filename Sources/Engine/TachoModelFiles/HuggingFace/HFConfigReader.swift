// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Takes typed members out of a `config.json`; null counts as absent, as `transformers` writes it.
struct HFConfigReader {
  let members: [String: ConfigurationValue]
  let path: String

  /// Large enough for any model, small enough that products of two sizes cannot overflow.
  static let sizeLimit = 1 << 30

  private func member(_ key: String) -> ConfigurationValue? {
    members[key] == .null ? nil : members[key]
  }

  private func wrong(_ key: String, _ expectation: String) -> ModelFileError {
    let found = String((members[key]?.canonicalJSON ?? "nothing").prefix(80))
    return ModelFileError(.wrongType, "'\(key)' should be \(expectation), not \(found)", path: path)
  }

  private func absent(_ key: String) -> ModelFileError {
    ModelFileError(.missing, "the configuration lacks '\(key)'", path: path)
  }

  func text(_ key: String, default value: String?) throws -> String {
    guard let member = member(key) else {
      guard let value else { throw absent(key) }
      return value
    }
    guard let text = member.stringValue else { throw wrong(key, "text") }
    return text
  }

  func flag(_ key: String, default value: Bool) throws -> Bool {
    guard let member = member(key) else { return value }
    guard let flag = member.boolValue else { throw wrong(key, "true or false") }
    return flag
  }

  func number(_ key: String, default value: Double) throws -> Double {
    guard let member = member(key) else { return value }
    guard let number = member.doubleValue, number.isFinite, number > 0 else {
      throw wrong(key, "a number above zero")
    }
    return number
  }

  func optionalSize(_ key: String, limit: Int = sizeLimit) throws -> Int? {
    guard let member = member(key) else { return nil }
    guard let size = member.intValue, (0...limit).contains(size) else {
      throw wrong(key, "a whole number from 0 to \(limit)")
    }
    return size
  }

  func size(_ key: String, default value: Int? = nil, limit: Int = sizeLimit) throws -> Int {
    guard let found = try optionalSize(key, limit: limit) ?? value else { throw absent(key) }
    guard found >= 1 else { throw wrong(key, "a whole number from 1 to \(limit)") }
    return found
  }

  func texts(_ key: String) throws -> [String]? {
    guard let member = member(key) else { return nil }
    guard case .array(let values) = member else { throw wrong(key, "a list of text") }
    let texts = values.compactMap(\.stringValue)
    guard texts.count == values.count else { throw wrong(key, "a list of text") }
    return texts
  }

  /// A token id or a list of them; absent gives none.
  func tokens(_ key: String) throws -> [Int] {
    guard let member = member(key) else { return [] }
    var values = [member]
    if case .array(let list) = member { values = list }
    let ids = values.compactMap(\.intValue).filter { (0...Self.sizeLimit).contains($0) }
    guard ids.count == values.count else { throw wrong(key, "a token id or a list of them") }
    return ids
  }

  /// `rope_parameters` (transformers 5) or `rope_scaling` (before), whichever is there.
  func ropeScaling() throws -> [String: ConfigurationValue] {
    for key in ["rope_parameters", "rope_scaling"] {
      guard let member = member(key) else { continue }
      guard case .object(let scaling) = member else { throw wrong(key, "an object") }
      return scaling
    }
    return [:]
  }

  /// The base frequency: in the RoPE parameters, beside them, or the classes' default of 10,000.
  func ropeBase(scaling: [String: ConfigurationValue]) throws -> Double {
    if let inner = scaling["rope_theta"] {
      guard let base = inner.doubleValue, base.isFinite, base > 0 else {
        throw ModelFileError(
          .wrongType, "'rope_parameters.rope_theta' should be a number above zero", path: path)
      }
      return base
    }
    return try number("rope_theta", default: 10_000)
  }
}
