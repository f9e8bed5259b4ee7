// SPDX-License-Identifier: Apache-2.0

/// All that a bisection knows: what it searches and every comparison made, kept after each of them.
///
/// Everything else follows from it, so that one that was broken off goes on where it stood.
package struct BisectRecord: Sendable, Hashable, Codable {
  package static let version = 1

  package var version: Int
  package var direction: BisectDirection
  package var good: String
  /// The commits after `good`, oldest first, the bad one last.
  package var revisions: [String]
  /// The first parent of the oldest: `good`, unless that lies on a branch that was merged.
  package var before: String
  /// What is followed; empty until the ends were compared.
  package var followed: [BisectMember]
  /// In the order made.
  package var trials: [BisectTrial]

  package init(
    direction: BisectDirection, good: String, revisions: [String], before: String,
    followed: [BisectMember] = [], trials: [BisectTrial] = []
  ) {
    version = Self.version
    self.direction = direction
    self.good = good
    self.revisions = revisions
    self.before = before
    self.followed = followed
    self.trials = trials
  }

  package var bad: String { revisions.last ?? good }

  /// The commit before one of the range.
  package func parent(of revision: String) -> String {
    guard let at = revisions.firstIndex(of: revision), at > 0 else { return before }
    return revisions[at - 1]
  }

  /// Whether it belongs to this search and not to another one.
  package func isSameSearch(_ other: BisectRecord) -> Bool {
    version == other.version && direction == other.direction && good == other.good
      && revisions == other.revisions && before == other.before
  }
}
