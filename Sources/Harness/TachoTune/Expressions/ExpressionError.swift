// SPDX-License-Identifier: Apache-2.0

/// Why the text of an expression is none: what is wrong, and where.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  package let text: String
  /// Unicode scalars before the place, from 0.
  package let offset: Int
  package let message: String

  package init(_ text: String, at offset: Int, _ message: String) {
    self.text = text
    self.offset = offset
    self.message = message
  }

  package var description: String { "'\(text)', column \(offset + 1): \(message)" }
}
