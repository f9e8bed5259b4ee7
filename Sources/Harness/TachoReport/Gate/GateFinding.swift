// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// Something about a gate's result that a reader of a change should see at its suite: what SARIF and
/// annotations have in common.
struct GateFinding: Sendable {
  /// A kind of finding, with what it means.
  enum Rule: String, Sendable, CaseIterable {
    case regression
    case differentOutput = "different-output"
    case exactCount = "exact-count"
    case broken
    case undecided
    case layout
    case invalidControl = "invalid-control"
    case unneededAcceptance = "unneeded-acceptance"
    case spentAcceptance = "spent-acceptance"

    var title: String {
      switch self {
      case .regression: "Slower than tolerated"
      case .differentOutput: "Another output than the base's"
      case .exactCount: "An exact count beyond its budget"
      case .broken: "Does not run where the base does"
      case .undecided: "Not decided"
      case .layout: "Slower in one layout of the code only"
      case .invalidControl: "The job proves nothing"
      case .unneededAcceptance: "An acceptance that nothing needs"
      case .spentAcceptance: "An acceptance that the base has already"
      }
    }

    var explanation: String {
      switch self {
      case .regression:
        "The candidate is slower than the base by more than the tolerated margin, shown by launch "
          + "pairs of both builds on this machine and, where it was tried, once more in a build of "
          + "another layout."
      case .differentOutput:
        "For the same input the two builds produce different outputs: a speed that comes with "
          + "another answer is not compared."
      case .exactCount:
        "A quantity that repeats exactly, such as allocations, launches or bytes, grew beyond what "
          + "the suite allows."
      case .broken: "A point that the base measures fails in the candidate."
      case .undecided:
        "Neither that it is slower nor that it is not could be shown with the pairs and the time "
          + "there were, or nothing could be measured."
      case .layout:
        "A slowdown that does not repeat when the same code is linked in another order: an effect "
          + "of where the code lies."
      case .invalidControl:
        "A control of the job failed: its verdicts, good or bad, say nothing about the change."
      case .unneededAcceptance:
        "All that an accepted slowdown covers is within the suite's own margins: the line widens "
          + "them for nothing."
      case .spentAcceptance:
        "The slowdown that was accepted is in the base: the line has no effect any more and can go."
      }
    }

    var level: Level {
      switch self {
      case .regression, .differentOutput, .exactCount, .broken, .invalidControl: .error
      case .undecided, .unneededAcceptance: .warning
      case .layout, .spentAcceptance: .note
      }
    }
  }

  enum Level: String, Sendable {
    case error, warning, note
  }

  let rule: Rule
  /// The member's or the difference's name.
  let name: String
  let message: String
  /// What stays the same while the finding does, whatever the numbers are.
  let identity: [String]
  let row: GateRow?

  var level: Level { rule.level }

  /// SHA-256 over the suite, the rule and the identity.
  func fingerprint(suite: String?) -> String {
    let parts = [suite ?? "", rule.rawValue] + identity
    return SHA256.hex(ConfigurationValue.array(parts.map { .string($0) }).canonicalJSON)
  }

  /// All of a result: what makes the job invalid first, then failures, then the rest.
  static func all(in summary: GateSummary) -> [GateFinding] {
    let invalid = summary.result.invalid.map { reason in
      GateFinding(
        rule: .invalidControl, name: "job", message: reason,
        // Reasons hold numbers; words without them tell one from another.
        identity: [String(reason.filter { !$0.isNumber })], row: nil)
    }
    let members = summary.rows.compactMap { row in
      rule(of: row.decision.verdict, row).map { rule in
        GateFinding(
          rule: rule, name: row.member.name, message: message(of: row), identity: [row.member.id],
          row: row)
      }
    }
    let differences = summary.result.differences.filter(\.isFailure).map { difference in
      GateFinding(
        rule: difference.isOutput ? .differentOutput : .exactCount, name: difference.name,
        message: difference.sentence, identity: [difference.seriesID, difference.quantity], row: nil
      )
    }
    let acceptances = summary.acceptances.filter(\.isUnused).map { row in
      GateFinding(
        rule: row.need == .inBase ? .spentAcceptance : .unneededAcceptance, name: row.name,
        message: "\(row.title); \(row.status)",
        identity: [row.entry.acceptance.point, row.entry.acceptance.metric ?? ""], row: nil)
    }
    let all = members + differences + acceptances
    return invalid + all.filter { $0.level == .error } + all.filter { $0.level != .error }
  }

  private static func rule(of verdict: GateVerdict, _ row: GateRow) -> Rule? {
    switch verdict {
    case .fail: return .regression
    case .broken: return .broken
    case .layout: return .layout
    case .inconclusive, .unmeasured: return .undecided
    // What differs has a finding of its own, unless it is only the verdict that says so.
    case .different:
      return row.differences.contains { $0.isFailure && $0.isOutput } ? nil : .differentOutput
    case .pass, .skipped: return nil
    }
  }

  private static func message(of row: GateRow) -> String {
    var message = "\(row.member.name): \(row.decision.reason)"
    if row.decision.shift != nil {
      message +=
        ". Shift \(GateText.shift(row.decision)) after \(Plural.of(row.decision.pairs, "launch pair"))"
    }
    if let confirmation = row.confirmationText { message += ". It " + confirmation }
    if let cause = row.cause, !cause.text.isEmpty { message += ". " + cause.text }
    return message
  }
}
