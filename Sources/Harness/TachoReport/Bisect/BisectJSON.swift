// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoCatalog

/// A bisection as one JSON object whose members are added to, never renamed or removed, without raising
/// `version`.
///
/// `{"schema": "tacho-bisect", "version": 1, "outcome": "found" | "among" | "no-change", "confirmed",
/// "exit_code", "direction": "slower" | "faster", "good", "bad", "suite", "commits": [{hash, parents, date,
/// subject}] (the one found, or those that may be it, oldest first; empty without a change), "answer" (the
/// comparison it rests on), "again" (the command of that comparison), "trials": [...]}`. A trial is `{stage:
/// "ends" | "search" | "last", reference, revision, verdict: "changed" | "unchanged" | "undecided" | "invalid"
/// | "not-built" | "not-run", members: [{name, role, verdict, shift, low, high, pairs}], reason, cause,
/// hasOtherOutput, sweepID, program, seconds}`; shifts are natural logarithms of the later commit's time over
/// the earlier one's. A member without a value is left out.
package enum BisectJSON {
  package struct Document: Sendable, Hashable, Codable {
    package var schema: String
    package var version: Int
    package var outcome: String
    package var confirmed: Bool
    package var exitCode: Int32
    package var direction: BisectDirection
    package var good: String
    package var bad: String
    package var suite: String
    package var commits: [CommitNote]
    package var answer: BisectTrial
    package var again: String
    package var trials: [BisectTrial]

    private enum CodingKeys: String, CodingKey {
      case schema, version, outcome, confirmed, exitCode = "exit_code", direction, good, bad, suite
      case commits, answer, again, trials
    }
  }

  package static func render(_ report: BisectReport) throws -> String {
    let outcome: (String, [String], BisectTrial) =
      switch report.ending {
      case .noChange(let trial): ("no-change", [], trial)
      case .found(let hash, let trial): ("found", [hash], trial)
      case .among(let hashes, let trial): ("among", hashes, trial)
      }
    let trial = outcome.2
    let document = Document(
      schema: "tacho-bisect", version: 1, outcome: outcome.0,
      confirmed: report.ending.isConfirmed, exitCode: report.exitCode,
      direction: report.record.direction, good: report.record.good, bad: report.record.bad,
      suite: report.suite,
      commits: outcome.1.map {
        report.notes[$0] ?? CommitNote(hash: $0, parents: [], date: "", subject: "")
      }, answer: trial, again: report.gateCommand(trial.reference, trial.revision),
      trials: report.record.trials)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
