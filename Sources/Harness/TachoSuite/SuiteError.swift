// SPDX-License-Identifier: Apache-2.0

/// One thing wrong in a suite: where, what, and how to put it right.
package struct SuiteProblem: Sendable, Hashable, CustomStringConvertible {
  package var position: SourcePosition
  package var message: String

  package init(_ position: SourcePosition, _ message: String) {
    self.position = position
    self.message = message
  }

  package var description: String { "\(position): \(message)" }
}

/// Why a suite could not be read or expanded: up to ten problems at once, in the order of the file.
package struct SuiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Problems printed at once; a hostile file may hold a million.
  package static let shown = 10

  package var problems: [SuiteProblem]
  /// Problems found beyond those kept.
  package var unshown: Int

  package init(_ problems: [SuiteProblem], unshown: Int = 0) {
    self.problems = problems
    self.unshown = unshown
  }

  package init(_ position: SourcePosition, _ message: String) {
    self.init([SuiteProblem(position, message)])
  }

  package var description: String {
    var lines = problems.map(\.description)
    if unshown > 0 { lines.append("... and \(unshown) more") }
    return lines.joined(separator: "\n")
  }
}
