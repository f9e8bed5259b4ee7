// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A member of a gate with all that is to be shown of it.
package struct GateRow: Sendable {
  package let member: GateMember
  package let decision: GateDecision
  /// What came of measuring it once more, and in what: builds of another layout, or copies.
  package let confirmation: GateDecision?
  let confirmedIn: String?
  package let cause: GateCause?
  /// Outputs and exact quantities of its series that differ.
  package let differences: [GateDifference]
  /// The entry by which its margins are wider than the suite's.
  var acceptance: GateAcceptances.Entry? = nil

  /// Whether it makes the job red, by its verdict or by what of it differs.
  package var isFailure: Bool {
    decision.verdict.isFailure || differences.contains(where: \.isFailure)
  }

  /// A sentinel or a control: judged by whether it did what it is there for.
  package var isWatcher: Bool { member.role == .sentinel || member.role == .control }

  /// Of a sentinel: nothing was seen where nothing is.
  package var isQuiet: Bool {
    switch decision.verdict {
    case .pass, .inconclusive, .layout: !differences.contains(where: \.isFailure)
    case .fail, .different, .broken, .skipped, .unmeasured: false
    }
  }

  /// Whether a sentinel stayed quiet, or a control was detected.
  package var holds: Bool {
    member.role == .control ? decision.verdict == .fail : isQuiet
  }

  /// The verdict as a word: in capitals where it makes the job red or void.
  package var label: String {
    if isWatcher {
      let word = member.role == .control ? "detected" : "quiet"
      return holds ? word : "NOT \(word.uppercased())"
    }
    if decision.verdict.isFailure { return decision.verdict.rawValue.uppercased() }
    if let difference = differences.first(where: \.isFailure) {
      return difference.isOutput ? "DIFFERENT" : "COUNT"
    }
    return decision.verdict.rawValue
  }

  /// Why, in a sentence; of a member that fails by what differs, what differs.
  package var reason: String {
    guard !decision.verdict.isFailure, let difference = differences.first(where: \.isFailure)
    else { return decision.reason }
    return difference.statement
  }

  /// Order in which people want to read them: failures, what was not decided, what is only reported.
  var rank: Int {
    if isFailure { return decision.verdict == .broken ? 0 : 1 }
    switch decision.verdict {
    case .unmeasured: return 2
    case .inconclusive: return 3
    case .layout: return 4
    case .skipped: return 5
    default: return 6
    }
  }

  /// `tail`, `group`, `sentinel`: what kind of member it is, unless it is a point.
  var roleText: String { member.role == .point ? "" : member.role.rawValue }

  /// What came of measuring a failed member once more; nil when it was not.
  var confirmationText: String? {
    guard let confirmation else { return nil }
    let figures =
      "\(GateText.shift(confirmation)), \(Plural.of(confirmation.pairs, "pair")), evidence "
      + GateText.evidence(confirmation)
    return confirmation.verdict == .fail
      ? "repeats in \(confirmedIn ?? "a build of another layout"): \(figures)"
      : "does not repeat in \(confirmedIn ?? "a build of another layout"): \(figures)"
  }
}

extension GateDifference {
  package var isOutput: Bool { quantity == "output" }

  /// `matmul q4_0: memory/allocations 12 -> 13 (+8.33%): one more per token`.
  package var sentence: String { "\(name): \(statement)" }

  /// The same without the point's name.
  package var statement: String {
    let change = change.map { " (\(GateText.change(ofShare: $0)))" } ?? ""
    let detail = detail.isEmpty ? "" : ": \(detail)"
    return "\(quantity) \(base) -> \(candidate)\(change)\(detail)"
  }
}
