// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A verdict of a real job beside what is known of the difference that it was about.
package struct GateTrial: Sendable, Hashable {
  package var name: String
  package var benchmark: String
  package var role: GateMember.Role
  package var decision: GateDecision
  /// ln(candidate / base), and its 95% interval where it was measured.
  package var truth: Double
  package var truthInterval: ClosedRange<Double>?

  package init(
    name: String, benchmark: String, role: GateMember.Role, decision: GateDecision, truth: Double,
    truthInterval: ClosedRange<Double>?
  ) {
    self.name = name
    self.benchmark = benchmark
    self.role = role
    self.decision = decision
    self.truth = truth
    self.truthInterval = truthInterval
  }

  /// Points and sentinels of a job as kept, each with what is known of it; what is not known of is left out.
  ///
  /// Sentinels compare a program with its copy, so their truth is 0.
  package static func all(
    of result: GateResult, in sweep: ResultSet.Sweep, _ truth: GateTruth
  ) -> [GateTrial] {
    let points = Dictionary(sweep.runs.map { ($0.record.id, $0.record.point) }) { first, _ in first
    }
    let pairs = Dictionary(grouping: sweep.pairs, by: { $0.series ?? "" })
    return result.record.members.compactMap { member in
      guard member.role == .point || member.role == .sentinel,
        let decision = result.decision(of: member.id),
        let pair = pairs[member.series.first ?? ""]?.first,
        let base = points[pair.base.runID], let candidate = points[pair.candidate.runID],
        let statistic = GateStatistic(name: member.statistic),
        let known = truth.shift(from: base.id, to: candidate.id, statistic)
      else { return nil }
      return GateTrial(
        name: member.name, benchmark: candidate.benchmark, role: member.role, decision: decision,
        truth: known.estimate, truthInterval: known.interval)
    }
  }

  /// Whether the verdict's interval holds the truth; nil without an interval.
  package var covers: Bool? {
    guard let low = decision.low, let high = decision.high else { return nil }
    return (low...max(low, high)).contains(truth)
  }

  /// Whether it holds some value that the truth may have.
  package var agrees: Bool? {
    guard let low = decision.low, let high = decision.high, let truthInterval else { return nil }
    return (low...max(low, high)).overlaps(truthInterval)
  }
}
