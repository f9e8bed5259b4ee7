// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Finds in an expression what can never make sense, before any trial exists: names that are none,
/// numbers compared with texts, texts that are no value of their parameter.
struct ExpressionCheck {
  /// What a part of an expression can come to.
  enum Kind: String {
    case number = "a number"
    case text = "a text"
    case truth = "true or false"
    /// A parameter with values of several kinds.
    case mixed = "a value"
  }

  let text: String
  /// The values a name can take as far as they are listed: nil for ranges, which hold numbers.
  let domains: [String: [ConfigurationValue]?]

  /// Throws unless the whole is a condition.
  func check(_ root: ExpressionNode) throws(ExpressionError) {
    let kind = try self.kind(of: root)
    guard kind == .truth || kind == .mixed else {
      throw ExpressionError(
        text, at: 0, "this is \(kind.rawValue), not a condition; compare it with something")
    }
  }

  private func kind(of node: ExpressionNode) throws(ExpressionError) -> Kind {
    switch node {
    case .literal(.number): return .number
    case .literal(.text): return .text
    case .literal(.truth): return .truth
    case .name(let name, let offset): return try kind(ofName: name, offset)
    case .not(let operand, let offset):
      try expect(.truth, operand, "'not'", offset)
      return .truth
    case .negated(let operand, let offset):
      try expect(.number, operand, "'-'", offset)
      return .number
    case .joined(let connective, let left, let right, let offset):
      try expect(.truth, left, "'\(connective.rawValue)'", offset)
      try expect(.truth, right, "'\(connective.rawValue)'", offset)
      return .truth
    case .calculated(let arithmetic, let left, let right, let offset):
      try expect(.number, left, "'\(arithmetic.rawValue)'", offset)
      try expect(.number, right, "'\(arithmetic.rawValue)'", offset)
      return .number
    case .compared(let comparison, let left, let right, let offset):
      try checkComparison(comparison, left, right, offset)
      return .truth
    }
  }

  private func kind(ofName name: String, _ offset: Int) throws(ExpressionError) -> Kind {
    guard let values = domains[name] else {
      let hint = Spelling.suggestion(for: name, among: domains.keys.sorted())
      throw ExpressionError(
        text, at: offset,
        "'\(name)' is neither a parameter nor a setting"
          + (hint.map { "; did you mean '\($0)'?" } ?? "; a text is written in quotes: '\(name)'"))
    }
    guard let values else { return .number }
    let kinds = Set(
      values.map { value -> Kind in
        switch ExpressionValue(value) {
        case .number: return .number
        case .text: return .text
        case .truth: return .truth
        case nil: return .mixed
        }
      })
    return kinds.count == 1 ? kinds.first ?? .mixed : .mixed
  }

  private func expect(
    _ expected: Kind, _ node: ExpressionNode, _ sign: String, _ offset: Int
  ) throws(ExpressionError) {
    let found = try kind(of: node)
    guard found == expected || found == .mixed else {
      throw ExpressionError(
        text, at: offset, "\(sign) needs \(expected.rawValue) on each side, not \(found.rawValue)")
    }
  }

  private func checkComparison(
    _ comparison: ExpressionNode.Comparison, _ left: ExpressionNode, _ right: ExpressionNode,
    _ offset: Int
  ) throws(ExpressionError) {
    let (leftKind, rightKind) = (try kind(of: left), try kind(of: right))
    if comparison.isOrder {
      for kind in [leftKind, rightKind] where kind != .number && kind != .mixed {
        throw ExpressionError(
          text, at: offset, "'\(comparison.rawValue)' compares numbers, not \(kind.rawValue)")
      }
    } else if leftKind != rightKind, leftKind != .mixed, rightKind != .mixed {
      throw ExpressionError(
        text, at: offset, "\(leftKind.rawValue) never equals \(rightKind.rawValue)")
    }
    try checkValue(left, right, offset)
    try checkValue(right, left, offset)
  }

  /// A name compared with a text must be able to have it.
  private func checkValue(
    _ name: ExpressionNode, _ value: ExpressionNode, _ offset: Int
  ) throws(ExpressionError) {
    guard case .name(let name, _) = name, case .literal(.text(let wanted)) = value,
      let values = domains[name] ?? nil
    else { return }
    let texts = values.compactMap(\.stringValue)
    guard !texts.contains(wanted) else { return }
    let hint = Spelling.suggestion(for: wanted, among: texts)
    throw ExpressionError(
      text, at: offset,
      "\(name) is never '\(wanted)'"
        + (hint.map { "; did you mean '\($0)'?" } ?? "; its texts: \(texts.joined(separator: ", "))")
    )
  }
}
