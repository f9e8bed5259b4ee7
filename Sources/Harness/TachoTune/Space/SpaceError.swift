// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a search space, and with which part of it.
package struct SpaceError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Part: Sendable, Hashable {
    case parameter(String)
    /// The condition under which a parameter has a value, and a column of it, from 0.
    case condition(String, offset: Int)
    /// A requirement by its place in the list, and a column of it, from 0.
    case requirement(Int, offset: Int)
    case whole
  }

  package let part: Part
  package let message: String

  package init(_ part: Part, _ message: String) {
    self.part = part
    self.message = message
  }

  package var description: String {
    switch part {
    case .parameter(let path): return "parameter '\(path)': \(message)"
    case .condition(let path, let offset):
      return "condition of '\(path)', column \(offset + 1): \(message)"
    case .requirement(let index, let offset):
      return "requirement \(index + 1), column \(offset + 1): \(message)"
    case .whole: return "search space: \(message)"
    }
  }
}
