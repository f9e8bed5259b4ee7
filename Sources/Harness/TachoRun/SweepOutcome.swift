// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

extension RunStatus {
  /// A run that gave no complete measurement and was not skipped or stopped on purpose.
  var isFailure: Bool {
    switch self {
    case .failed, .crashed, .timedOut, .outOfMemory: true
    case .running, .completed, .skipped, .interrupted: false
    }
  }
}

/// What became of a sweep's runs.
package struct SweepOutcome: Sendable, Hashable {
  /// Runs of this invocation by how they ended.
  package var counts: [RunStatus: Int] = [:]
  /// Runs that an earlier invocation had finished.
  package var alreadyDone = 0
  /// Of these, how many had failed.
  package var failedBefore = 0
  /// Runs that were not begun.
  package var remaining = 0
  /// Somebody asked it to stop.
  package var interrupted = false

  package init() {}

  package func count(_ status: RunStatus) -> Int { counts[status] ?? 0 }

  /// Runs that gave no complete measurement and were not skipped on purpose.
  package var failures: Int {
    counts.reduce(0) { $0 + ($1.key.isFailure ? $1.value : 0) }
  }

  /// Every run was skipped: there is not one figure.
  package var measuredNothing: Bool {
    count(.skipped) > 0 && counts.allSatisfy { $0.key == .skipped || $0.value == 0 }
      && alreadyDone == 0 && !interrupted
  }

  /// One line for a person.
  package var summary: String {
    var parts = ["\(count(.completed)) completed"]
    if failures > 0 { parts.append("\(failures) failed") }
    if count(.skipped) > 0 { parts.append("\(count(.skipped)) skipped") }
    if alreadyDone > 0 {
      let failed = failedBefore > 0 ? " (\(failedBefore) failed)" : ""
      parts.append("\(alreadyDone) measured before\(failed)")
    }
    if interrupted {
      parts.append("interrupted with \(remaining + count(.interrupted)) left")
    }
    return parts.joined(separator: ", ")
  }
}
