// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Decides about the members of a gate from the launch pairs so far, the same way while a job runs and
/// when its verdicts are computed again from the store.
///
/// A verdict stands from the first pair at which a threshold is reached; later pairs, measured for the
/// sake of a group, sharpen the estimate but change no verdict.
package struct GateJudge: Sendable {
  package let policy: GatePolicy
  /// Members that share alpha.
  package let family: Int

  package init(policy: GatePolicy, family: Int) {
    self.policy = policy
    self.family = max(1, family)
  }

  package init(_ record: GateRecord) {
    self.init(policy: record.policy, family: record.members.count)
  }

  /// ln of the evidence that fails a member: Bonferroni over all that could.
  package var failThreshold: Double { log(Double(family) / policy.alpha) }
  /// ln of the evidence that passes one.
  package var passThreshold: Double { log(1 / policy.beta) }
  /// ln of the evidence that confirms a failure in another layout.
  package var confirmThreshold: Double { log(policy.confirmingEvidence) }

  /// What the pairs of its series say of a member; inconclusive while no threshold is reached.
  package func decision(
    of member: GateMember, _ series: [String: [PairTimes]]
  ) -> GateDecision {
    decision(
      member, ratios: Self.logRatios(of: member, series), failThreshold: failThreshold,
      canPass: true)
  }

  /// Whether a failure repeats in pairs of builds with another layout: `fail` when it does, `layout` when
  /// it does not in the most pairs allowed, inconclusive until then.
  ///
  /// There is no way to pass: only repeating counts.
  package func confirmation(
    of member: GateMember, _ pairs: [PairTimes]
  ) -> GateDecision {
    let ratios = GateStatistic(name: member.statistic).map { statistic in
      pairs.compactMap { $0.logRatio(statistic) }
    }
    var decision = decision(
      member, ratios: ratios ?? [], failThreshold: confirmThreshold, canPass: false)
    if decision.verdict == .inconclusive, decision.pairs >= policy.pairsMax {
      decision.verdict = .layout
    }
    return decision
  }

  /// The first threshold reached by ln ratios taken one after the other, and the evidence there; no more
  /// of them are asked for than that takes, and at most `pairsMax`.
  func verdict(
    of ratios: some Sequence<Double>, margins: GateMargins, failThreshold: Double, canPass: Bool
  ) -> (verdict: GateVerdict, evidence: SignEvidence) {
    var evidence = SignEvidence(margins: margins, policy: policy)
    var source = ratios.makeIterator()
    while evidence.pairs < policy.pairsMax, let ratio = source.next() {
      evidence.add(ratio)
      if evidence.fail >= failThreshold { return (.fail, evidence) }
      if canPass, evidence.pass >= passThreshold { return (.pass, evidence) }
    }
    return (.inconclusive, evidence)
  }

  private func decision(
    _ member: GateMember, ratios: [Double], failThreshold: Double, canPass: Bool
  ) -> GateDecision {
    let (verdict, evidence) = verdict(
      of: ratios, margins: member.margins, failThreshold: failThreshold, canPass: canPass)
    let shift = ShiftEstimate(ratios)
    return GateDecision(
      memberID: member.id, verdict: verdict, pairs: evidence.pairs, failEvidence: evidence.fail,
      failThreshold: failThreshold, passEvidence: evidence.pass, passThreshold: passThreshold,
      shift: shift?.estimate, low: shift?.interval?.lowerBound,
      high: shift?.interval?.upperBound, reason: reason(verdict, member, evidence.pairs))
  }

  private func reason(_ verdict: GateVerdict, _ member: GateMember, _ pairs: Int) -> String {
    func percent(_ share: Double) -> String {
      let hundredths = (share * 10_000).rounded() / 100
      return hundredths == hundredths.rounded() ? "\(Int(hundredths))%" : "\(hundredths)%"
    }
    switch verdict {
    case .fail: return "slower than the tolerated \(percent(member.margins.tolerated))"
    case .pass: return "not slower by \(percent(member.margins.mustNotPass))"
    default:
      return pairs >= policy.pairsMax
        ? "\(pairs) launch pairs, the most allowed, show neither"
        : "\(pairs) launch pairs show neither"
    }
  }

  /// ln(candidate / base) of a member's pairs in order; of a group the middle over its series, round by
  /// round, where enough of them were measured.
  package static func logRatios(
    of member: GateMember, _ series: [String: [PairTimes]]
  ) -> [Double] {
    guard let statistic = GateStatistic(name: member.statistic) else { return [] }
    guard member.role == .group else {
      return (member.series.first.flatMap { series[$0] } ?? []).compactMap {
        $0.logRatio(statistic)
      }
    }
    var rounds: [Int: [Double]] = [:]
    for id in member.series {
      for pair in series[id] ?? [] {
        if let ratio = pair.logRatio(statistic) { rounds[pair.index, default: []].append(ratio) }
      }
    }
    return rounds.keys.sorted().compactMap { round in
      let ratios = rounds[round] ?? []
      guard ratios.count >= GateMember.fewestInGroup else { return nil }
      return Percentile.value(50, ofSorted: ratios.sorted())
    }
  }
}
