// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoRecord

/// What a bisection came to, with all that its texts need.
package struct BisectReport: Sendable {
  package let record: BisectRecord
  package let ending: RegressionSearch.Ending
  /// By hash; a commit without one is named by its hash alone.
  package let notes: [String: CommitNote]
  /// The suite's file and the further options of the command, for commands that repeat a comparison.
  package let suite: String
  package let options: [String]

  package init(
    record: BisectRecord, ending: RegressionSearch.Ending, notes: [String: CommitNote],
    suite: String, options: [String]
  ) {
    self.record = record
    self.ending = ending
    self.notes = notes
    self.suite = suite
    self.options = options
  }

  /// 0 when a commit was found and confirmed, 4 when the ends cannot be compared because the jobs proved
  /// nothing, else 3.
  package var exitCode: Int32 {
    switch ending {
    case .found(_, let trial) where trial.verdict == .changed: 0
    case .noChange(let trial) where trial.verdict == .invalid: 4
    case .found, .among, .noChange: 3
    }
  }

  /// `slower` or `faster`.
  package var word: String { record.direction.rawValue }

  /// `1a2b3c4d5e6f Rework the row kernel`.
  package func title(_ hash: String) -> String {
    notes[hash].map { "\($0.short) \($0.subject)" } ?? CommitNote.short(hash)
  }

  /// Names of the points that are followed, as `--filter` and `--point` take them; empty for a group.
  package var points: [String] {
    record.followed.filter { $0.role != .group }.map { member in
      member.role == .tail && member.name.hasSuffix(", p95")
        ? String(member.name.dropLast(5)) : member.name
    }
  }

  /// The comparison of two commits once more.
  package func gateCommand(_ base: String, _ candidate: String) -> String {
    let ends =
      record.direction == .slower ? (base, candidate) : (candidate, base)
    return command(
      ["gate", "--base", CommitNote.short(ends.0), "--candidate", CommitNote.short(ends.1)])
  }

  /// The search inside of a merged branch; nil for a commit that is no merge.
  package func mergeCommand(_ hash: String) -> String? {
    guard let note = notes[hash], note.isMerge else { return nil }
    let range = "\(CommitNote.short(note.parents[0]))...\(CommitNote.short(note.parents[1]))"
    return command(["bisect", range] + (record.direction == .faster ? ["--faster"] : []))
  }

  private func command(_ words: [String]) -> String {
    var words = ["tacho"] + words + [suite]
    if points.isEmpty {
      words += options
    } else {
      words += Self.withoutChoice(options) + ["--filter", CommandText.filter(points)]
    }
    return words.map(CommandText.word).joined(separator: " ")
  }

  /// The options without those that choose points.
  private static func withoutChoice(_ options: [String]) -> [String] {
    var kept: [String] = []
    var skips = false
    for option in options {
      if skips {
        skips = false
      } else if option == "--filter" || option == "--point" {
        skips = true
      } else {
        kept.append(option)
      }
    }
    return kept
  }
}
