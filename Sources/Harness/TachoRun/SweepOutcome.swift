// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What became of a sweep's runs.
package struct SweepOutcome: Sendable, Hashable {
  /// Runs of this invocation by how they ended.
  package var counts: [RunStatus: Int] = [:]
  /// Runs that an earlier invocation had finished.
  package var alreadyDone = 0
  /// Runs that were not begun.
  package var remaining = 0
  /// Somebody asked it to stop.
  package var interrupted = false

  package init() {}

  package func count(_ status: RunStatus) -> Int { counts[status] ?? 0 }

  /// Runs that gave no complete measurement and were not skipped on purpose.
  package var failures: Int {
    count(.failed) + count(.crashed) + count(.timedOut) + count(.outOfMemory)
  }

  /// One line for a person.
  package var summary: String {
    var parts = ["\(count(.completed)) completed"]
    if failures > 0 { parts.append("\(failures) failed") }
    if count(.skipped) > 0 { parts.append("\(count(.skipped)) skipped") }
    if alreadyDone > 0 { parts.append("\(alreadyDone) measured before") }
    if interrupted {
      parts.append("interrupted with \(remaining + count(.interrupted)) left")
    }
    return parts.joined(separator: ", ")
  }
}
