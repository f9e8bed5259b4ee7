// SPDX-License-Identifier: Apache-2.0

/// What git says of a commit.
package struct CommitNote: Sendable, Hashable, Codable {
  package let hash: String
  /// The first is the branch's own.
  package let parents: [String]
  /// ISO 8601, of the author.
  package let date: String
  package let subject: String

  package init(hash: String, parents: [String], date: String, subject: String) {
    self.hash = hash
    self.parents = parents
    self.date = date
    self.subject = subject
  }

  /// Twelve digits: enough in any repository, and what commands here are given.
  package var short: String { Self.short(hash) }
  package var isMerge: Bool { parents.count > 1 }

  package static func short(_ hash: String) -> String { String(hash.prefix(12)) }
}
