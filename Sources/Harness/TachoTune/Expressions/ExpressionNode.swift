// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// What a part of an expression comes to.
enum ExpressionValue: Sendable, Hashable {
  case number(Double)
  case text(String)
  case truth(Bool)

  /// A configuration's value; nil for lists, mappings and null, which no expression speaks of.
  init?(_ value: ConfigurationValue) {
    switch value {
    case .bool(let truth): self = .truth(truth)
    case .int(let number): self = .number(Double(number))
    case .double(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .null, .array, .object: return nil
    }
  }
}

/// The tree of an expression.
indirect enum ExpressionNode: Sendable, Hashable {
  case literal(ExpressionValue)
  case name(String, offset: Int)
  case not(ExpressionNode, offset: Int)
  case negated(ExpressionNode, offset: Int)
  case joined(Connective, ExpressionNode, ExpressionNode, offset: Int)
  case compared(Comparison, ExpressionNode, ExpressionNode, offset: Int)
  case calculated(Arithmetic, ExpressionNode, ExpressionNode, offset: Int)

  enum Connective: String, Sendable { case and, or }

  enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="

    /// Whether only numbers can be compared this way.
    var isOrder: Bool { self != .equal && self != .unequal }
  }

  enum Arithmetic: String, Sendable {
    case sum = "+"
    case difference = "-"
    case product = "*"
    case quotient = "/"
    case remainder = "%"

    func apply(_ left: Double, _ right: Double) -> Double {
      switch self {
      case .sum: return left + right
      case .difference: return left - right
      case .product: return left * right
      case .quotient: return right == 0 ? .nan : left / right
      case .remainder: return right == 0 ? .nan : fmod(left, right)
      }
    }
  }

  /// Its value, nil when it has none because a name in it has none.
  func value(_ lookup: (String) -> ConfigurationValue?) -> ExpressionValue? {
    switch self {
    case .literal(let value): return value
    case .name(let name, _): return lookup(name).flatMap { ExpressionValue($0) }
    case .not(let operand, _):
      guard case .truth(let truth)? = operand.value(lookup) else { return nil }
      return .truth(!truth)
    case .negated(let operand, _):
      guard case .number(let number)? = operand.value(lookup) else { return nil }
      return .number(-number)
    case .joined(let connective, let left, let right, _):
      return Self.join(connective, left.value(lookup), { right.value(lookup) })
    case .compared(let comparison, let left, let right, _):
      guard let left = left.value(lookup), let right = right.value(lookup) else { return nil }
      return Self.compare(comparison, left, right).map { .truth($0) }
    case .calculated(let arithmetic, let left, let right, _):
      guard case .number(let left)? = left.value(lookup),
        case .number(let right)? = right.value(lookup)
      else { return nil }
      return .number(arithmetic.apply(left, right))
    }
  }

  /// Kleene's logic: what one side settles needs no other.
  private static func join(
    _ connective: Connective, _ left: ExpressionValue?, _ right: () -> ExpressionValue?
  ) -> ExpressionValue? {
    let settling = ExpressionValue.truth(connective == .or)
    if left == settling { return settling }
    let right = right()
    if right == settling { return settling }
    guard case .truth? = left, case .truth? = right else { return nil }
    return .truth(connective == .and)
  }

  private static func compare(
    _ comparison: Comparison, _ left: ExpressionValue, _ right: ExpressionValue
  ) -> Bool? {
    if case .number(let left) = left, case .number(let right) = right {
      // What was divided by zero compares with nothing, not even as unequal.
      if left.isNaN || right.isNaN { return false }
      switch comparison {
      case .equal: return left == right
      case .unequal: return left != right
      case .less: return left < right
      case .atMost: return left <= right
      case .greater: return left > right
      case .atLeast: return left >= right
      }
    }
    switch comparison {
    case .equal: return left == right
    case .unequal: return left != right
    default: return nil
    }
  }
}
