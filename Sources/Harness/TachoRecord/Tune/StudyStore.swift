// SPDX-License-Identifier: Apache-2.0

/// A trial with who measures it.
package struct StudyRow: Sendable, Hashable {
  package var trial: TrialRecord
  /// Who measures it now.
  package var worker: String?
  /// When that worker last gave a sign, in seconds since 1970.
  package var heartbeat: Double?

  package init(trial: TrialRecord, worker: String? = nil, heartbeat: Double? = nil) {
    self.trial = trial
    self.worker = worker
    self.heartbeat = heartbeat
  }
}

/// Where studies are on record.
package protocol StudyStore {
  /// Begins a study, or goes on with one of the same definition; another definition under the id is an error.
  func beginStudy(id: String, name: String, definition: String) throws
  /// One transaction: the trials in the order of their numbers, and what `body` makes of them.
  ///
  /// An error leaves the record as it was.
  func withTrials<Result>(
    ofStudy id: String, _ body: (inout [StudyRow]) throws -> Result
  ) throws -> Result
}
