// SPDX-License-Identifier: Apache-2.0

/// What a job of the gate came to.
package struct GateResult: Sendable, Hashable, Codable {
  /// The job's verdict, which is its exit code.
  package enum Outcome: String, Sendable, Hashable, Codable {
    case pass, fail, inconclusive, invalid

    /// 0 pass, 1 regression, 3 inconclusive, 4 invalid; 2 is for mistakes in usage and builds.
    package var exitCode: Int32 {
      switch self {
      case .pass: 0
      case .fail: 1
      case .inconclusive: 3
      case .invalid: 4
      }
    }
  }

  package var record: GateRecord
  package var decisions: [GateDecision]
  /// Of each failed member that was measured once more with another layout.
  package var confirmations: [GateDecision]
  /// Exact quantities that differ, outputs that differ.
  package var differences: [GateDifference]
  /// Why a failed member is slower, by member.
  package var causes: [String: GateCause]
  /// Why the job proves nothing; empty when its controls held.
  package var invalid: [String]
  package var startedAt: String
  package var finishedAt: String

  package init(
    record: GateRecord, decisions: [GateDecision], confirmations: [GateDecision] = [],
    differences: [GateDifference] = [], causes: [String: GateCause] = [:], invalid: [String] = [],
    startedAt: String, finishedAt: String
  ) {
    self.record = record
    self.decisions = decisions
    self.confirmations = confirmations
    self.differences = differences
    self.causes = causes
    self.invalid = invalid
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }

  package func decision(of memberID: String) -> GateDecision? {
    decisions.first { $0.memberID == memberID }
  }

  /// Members of the suite: controls and sentinels are judged apart.
  package var judged: [(member: GateMember, decision: GateDecision)] {
    record.members.compactMap { member in
      guard member.role != .sentinel, member.role != .control,
        let decision = decision(of: member.id)
      else { return nil }
      return (member, decision)
    }
  }

  package var outcome: Outcome {
    if !invalid.isEmpty { return .invalid }
    if judged.contains(where: { $0.decision.verdict.isFailure })
      || differences.contains(where: \.isFailure)
    {
      return .fail
    }
    return judged.contains { $0.decision.verdict == .inconclusive } ? .inconclusive : .pass
  }
}
