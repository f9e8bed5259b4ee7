// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Collects problems while a suite is read, so that one pass reports all of them.
package final class ProblemLog {
  private var problems: [SuiteProblem] = []
  private var seen: Set<SuiteProblem> = []
  /// Problems not kept because a hostile file has too many; their messages are not even made.
  private var dropped = 0
  private static let kept = 500

  package init() {}

  package var isEmpty: Bool { problems.isEmpty }

  /// Adds a problem once: a shared section is checked for each benchmark that uses it.
  package func add(_ position: SourcePosition, _ message: @autoclosure () -> String) {
    guard problems.count < Self.kept else {
      dropped += 1
      return
    }
    let problem = SuiteProblem(position, message())
    if seen.insert(problem).inserted { problems.append(problem) }
  }

  /// Adds what another step threw.
  package func add(_ error: SuiteError) {
    for problem in error.problems { add(problem.position, problem.message) }
  }

  /// The problems so far as one error: by place within a file, files in the order they were met.
  package var error: SuiteError {
    var fileOrder: [String: Int] = [:]
    for problem in problems where fileOrder[problem.position.file] == nil {
      fileOrder[problem.position.file] = fileOrder.count
    }
    let sorted = problems.enumerated().sorted { left, right in
      let (a, b) = (left.element.position, right.element.position)
      let (fileA, fileB) = (fileOrder[a.file] ?? 0, fileOrder[b.file] ?? 0)
      return (fileA, a.line, a.column, left.offset) < (fileB, b.line, b.column, right.offset)
    }
    return SuiteError(
      sorted.prefix(SuiteError.shown).map(\.element),
      unshown: max(0, sorted.count - SuiteError.shown) + dropped)
  }

  /// Throws when anything was logged.
  package func throwIfAny() throws(SuiteError) {
    if !isEmpty { throw error }
  }
}

/// "; did you mean 'x'?" or nothing.
package func didYouMean(_ word: String, among candidates: [String]) -> String {
  Spelling.suggestion(for: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// A word from a file as an error message may quote it: one line, not megabytes.
package func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(60) {
    shown.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
  }
  return text.unicodeScalars.count > 60 ? "'\(shown)...'" : "'\(shown)'"
}
