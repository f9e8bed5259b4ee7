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
    var decision = decision(
      member, ratios: Self.logRatios(of: member, series), failThreshold: failThreshold,
      canPass: true)
    guard member.role != .group, let pairs = member.series.first.flatMap({ series[$0] }) else {
      return decision
    }
    decision.base = middle(.base, pairs, member)
    decision.candidate = middle(.candidate, pairs, member)
    if let metric = member.metric, let (verdict, reason) = Self.unreported(metric, pairs) {
      decision.verdict = verdict
      decision.reason = reason
    }
    return decision
  }

  /// The middle of a side's launches.
  private func middle(_ side: PairSide, _ pairs: [PairTimes], _ member: GateMember) -> Double? {
    guard let statistic = GateStatistic(name: member.statistic) else { return nil }
    let values = pairs.compactMap { $0.value(side, statistic, member.metric) }.sorted()
    return values.isEmpty ? nil : Percentile.value(50, ofSorted: values)
  }

  /// Launch pairs without a value after which a metric counts as not reported.
  private static let pairsWithoutValue = 2

  /// What is to be said of a metric that a side does not report; nil while it does, or may.
  private static func unreported(
    _ metric: GateMetric, _ pairs: [PairTimes]
  ) -> (GateVerdict, String)? {
    guard pairs.count >= pairsWithoutValue else { return nil }
    for (side, verdict) in [(PairSide.base, GateVerdict.skipped), (.candidate, .broken)]
    where !pairs.contains(where: { $0.hasValues(side, metric) }) {
      let reason = pairs.compactMap { $0.readings[side]?.reasons[metric.id] }.last
      return (
        verdict,
        "the \(side.rawValue) does not report \(metric.id) here"
          + (reason.map { ", because \($0)" } ?? "")
      )
    }
    return nil
  }

  /// Whether a failure repeats in pairs of builds with another layout: `fail` when it does, `layout` when
  /// it does not in the most pairs allowed, inconclusive until then.
  ///
  /// There is no way to pass: only repeating counts.
  package func confirmation(
    of member: GateMember, _ pairs: [PairTimes]
  ) -> GateDecision {
    let ratios = GateStatistic(name: member.statistic).map { statistic in
      pairs.compactMap { $0.logRatio(statistic, member.metric) }
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
    case .fail:
      return "\(member.metric == nil ? "slower" : "worse") than the tolerated "
        + percent(member.margins.tolerated)
    case .pass:
      return "not \(member.metric == nil ? "slower" : "worse") by "
        + percent(member.margins.mustNotPass)
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
        $0.logRatio(statistic, member.metric)
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
