// SPDX-License-Identifier: Apache-2.0

/// A JSON document; objects keep the order of their members, as vocabularies need.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One name with its value.
  struct Member: Equatable {
    let name: String
    let value: JSONValue
  }

  /// The member of that name, the last if there are several; nil for `null` too.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self,
      let value = members.last(where: { $0.name == name })?.value, value != .null
    else { return nil }
    return value
  }

  var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  var flag: Bool? {
    if case .bool(let flag) = self { return flag }
    return nil
  }

  /// The number, if it is whole and fits an id.
  var id: Int32? {
    if case .number(let number) = self { return Int32(exactly: number) }
    return nil
  }

  var elements: [JSONValue]? {
    if case .array(let elements) = self { return elements }
    return nil
  }

  var members: [Member]? {
    if case .object(let members) = self { return members }
    return nil
  }

  /// What kind of value this is, for messages.
  var kind: String {
    switch self {
    case .null: return "null"
    case .bool: return "a boolean"
    case .number: return "a number"
    case .string: return "a string"
    case .array: return "an array"
    case .object: return "an object"
    }
  }
}
