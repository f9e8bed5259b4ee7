// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

extension BisectTrial {
  /// What a job of the gate says of a revision.
  ///
  /// `followed` is nil for the ends, where any member may fail. Looking for something faster, the job has the
  /// later revision as its base: a failure says that the earlier one is slower.
  package init(
    _ result: GateResult, stage: Stage, reference: String, revision: String,
    direction: BisectDirection, followed: [BisectMember]?, program: String? = nil, seconds: Double
  ) {
    let judged = result.judged.filter { judged in
      guard let followed else { return true }
      return followed.contains { $0.isSame(judged.member, in: result.record) }
    }
    let (verdict, reason) = Self.verdict(result, judged, isAny: followed == nil)
    let failed = judged.filter { $0.decision.verdict == .fail }
    let shown = followed == nil && !failed.isEmpty ? failed : judged
    let sign = direction == .slower ? 1.0 : -1.0
    let causes = failed.compactMap { result.causes[$0.member.id]?.text }.filter { !$0.isEmpty }
    self.init(
      stage: stage, reference: reference, revision: revision, verdict: verdict,
      members: shown.map { member, decision in
        let ends = [decision.low, decision.high].compactMap { $0.map { $0 * sign } }
        return Member(
          name: member.name, role: member.role, verdict: decision.verdict,
          shift: decision.shift.map { $0 * sign }, low: ends.min(), high: ends.max(),
          pairs: decision.pairs)
      },
      reason: reason, cause: causes.isEmpty ? nil : causes.joined(separator: "; "),
      hasOtherOutput: result.differences.contains { $0.quantity == "output" },
      sweepID: result.record.sweepID, program: program, seconds: seconds)
  }

  private static func verdict(
    _ result: GateResult, _ judged: [(member: GateMember, decision: GateDecision)], isAny: Bool
  ) -> (Verdict, String) {
    let cannotRun: Set<GateVerdict> = [.broken, .unmeasured, .skipped]
    let unable = judged.filter { cannotRun.contains($0.decision.verdict) }
    // Before the controls: a revision that knows nothing of a point is no fault of the job.
    if !judged.isEmpty, unable.count == judged.count {
      return (.notRun, unable[0].decision.reason)
    }
    if let why = result.invalid.first(where: { !$0.isEmpty }) { return (.invalid, why) }
    guard !judged.isEmpty else { return (.invalid, "none of the points was judged") }
    if judged.contains(where: { $0.decision.verdict == .fail }) { return (.changed, "") }
    let open = judged.filter { one in
      one.decision.verdict != .pass && !(isAny && one.decision.verdict != .inconclusive)
    }
    guard let first = open.first else {
      let other = judged.first { $0.decision.verdict != .pass }
      return (.unchanged, other.map { "\($0.member.name): \($0.decision.reason)" } ?? "")
    }
    return (.undecided, "\(first.member.name): \(first.decision.reason)")
  }
}
