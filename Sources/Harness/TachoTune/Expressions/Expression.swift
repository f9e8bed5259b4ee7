// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A condition over settings, as `requires:` and `when:` write it: `tile % simd == 0 and threads <= 8`.
///
/// Numbers are compared and calculated as reals; `%` is the remainder with the dividend's sign, and what
/// was divided by zero compares with nothing. A parameter that is not active has no value: what needs it
/// has none either, unless `and` or `or` is settled by the other side (Kleene's logic).
package struct Expression: Sendable, Hashable, CustomStringConvertible {
  package let text: String
  let root: ExpressionNode
  /// The dotted paths it speaks of.
  package let names: Set<String>

  package init(_ text: String) throws(ExpressionError) {
    self.text = text
    var parser = try ExpressionParser(text)
    root = try parser.parse()
    var names: Set<String> = []
    root.forEachName { name, _ in names.insert(name) }
    self.names = names
  }

  package var description: String { text }

  /// Whether it holds; nil when it has no value because a name in it has none.
  package func holds(_ lookup: (String) -> ConfigurationValue?) -> Bool? {
    guard case .truth(let truth)? = root.value(lookup) else { return nil }
    return truth
  }
}

extension ExpressionNode {
  /// Every name in it, with its place.
  func forEachName(_ body: (String, Int) -> Void) {
    switch self {
    case .literal: break
    case .name(let name, let offset): body(name, offset)
    case .not(let operand, _), .negated(let operand, _): operand.forEachName(body)
    case .joined(_, let left, let right, _), .compared(_, let left, let right, _),
      .calculated(_, let left, let right, _):
      left.forEachName(body)
      right.forEachName(body)
    }
  }
}
