// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Verdicts of members from their launch pairs.
@Suite struct GateJudgeTests {
  static func member(
    _ role: GateMember.Role = .point, series: [String] = ["a"], statistic: String = "median"
  ) -> GateMember {
    GateMember(
      id: "m", name: "m", role: role, series: series, statistic: statistic, margins: .points)
  }

  /// A pair whose candidate takes e^ratio times as long.
  static func pair(_ index: Int, _ ratio: Double) -> PairTimes {
    PairTimes(index: index, base: [2, 1, 3], candidate: [2, 1, 3].map { $0 * exp(ratio) })
  }

  static func pairs(_ ratios: [Double]) -> [PairTimes] {
    ratios.enumerated().map { pair($0, $1) }
  }

  static func decide(_ ratios: [Double], family: Int = 300) -> GateDecision {
    GateJudge(policy: GatePolicy(), family: family)
      .decision(of: member(), ["a": pairs(ratios)])
  }

  @Test func thresholds() {
    let judge = GateJudge(policy: GatePolicy(), family: 300)
    #expect(abs(judge.failThreshold - 10.308952660644293) < 1e-12)  // ln 30,000
    #expect(abs(judge.passThreshold - 3.912023005428146) < 1e-12)  // ln 50
    #expect(abs(judge.confirmThreshold - 2.995732273553991) < 1e-12)  // ln 20
    #expect(GateJudge(policy: GatePolicy(), family: 0).family == 1)
  }

  /// 1.6^22 = 30,949 is the first power above 30,000; 1.8^7 = 61.2 the first above 50.
  @Test func shortestVerdicts() throws {
    let slow = Self.decide(Array(repeating: 0.05, count: 40))
    #expect(slow.verdict == .fail && slow.pairs == 22)
    #expect(abs(exp(slow.failEvidence) - pow(1.6, 22)) < 1e-6)
    #expect(slow.reason == "slower than the tolerated 1%")
    let same = Self.decide(Array(repeating: 0, count: 40))
    #expect(same.verdict == .pass && same.pairs == 7 && same.reason == "not slower by 3%")
    #expect(Self.decide(Array(repeating: 0, count: 6)).verdict == .inconclusive)
    #expect(Self.decide(Array(repeating: 0.05, count: 21)).verdict == .inconclusive)
    // A family of 1 takes 1.6^10 = 110 > 100.
    #expect(Self.decide(Array(repeating: 0.05, count: 40), family: 1).pairs == 10)
    let shift = try #require(slow.shift)
    #expect(abs(shift - 0.05) < 1e-12 && abs((slow.low ?? 0) - 0.05) < 1e-12)
  }

  @Test func firstThresholdDecidesAndLaterPairsDoNot() {
    let passes = Array(repeating: 0.0, count: 7)
    let decision = Self.decide(passes + Array(repeating: 1.0, count: 70))
    #expect(decision.verdict == .pass && decision.pairs == 7)
    // The estimate is of all pairs.
    #expect((decision.shift ?? 0) > 0.9)
    let fails = Self.decide(Array(repeating: 1.0, count: 22) + Array(repeating: -1.0, count: 100))
    #expect(fails.verdict == .fail && fails.pairs == 22)
    #expect((fails.shift ?? 0) < 0)
  }

  /// Between the margins both gain: passing is 7 pairs away, failing 22.
  @Test func betweenTheMarginsPasses() {
    let decision = Self.decide(Array(repeating: 0.02, count: 40))
    #expect(decision.verdict == .pass && decision.pairs == 7)
    #expect(abs(exp(decision.failEvidence) - pow(1.6, 7)) < 1e-9)
  }

  @Test func pairsBeyondTheMostAreNotLookedAt() {
    // Two up, one down: the evidence to fail grows by ln(1.024) in three pairs, that to pass falls.
    let ratios = (0..<400).map { $0 % 3 == 2 ? -1.0 : 1.0 }
    let decision = Self.decide(ratios + Array(repeating: 1, count: 100))
    #expect(decision.verdict == .inconclusive && decision.pairs == 80)
    #expect(decision.reason == "80 launch pairs, the most allowed, show neither")
    #expect(Self.decide([0, 0.05]).reason == "2 launch pairs show neither")
  }

  @Test(arguments: 1...30) func verdictsOfAnyDataAreStable(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let shift = [0, 0.02, 0.05][Int(seed) % 3]
    let ratios = (0..<80).map { _ in shift + 0.03 * generator.normal() }
    let whole = Self.decide(ratios)
    // Looking after every pair finds the same verdict at the same pair, and nothing before it.
    for count in 1...80 {
      let early = Self.decide(Array(ratios.prefix(count)))
      if count < whole.pairs {
        #expect(early.verdict == .inconclusive, "seed \(seed) \(count)")
      } else {
        #expect(
          early.verdict == whole.verdict && early.pairs == whole.pairs
            && early.failEvidence == whole.failEvidence, "seed \(seed) \(count)")
      }
    }
    // Exchanging pairs after the verdict changes nothing.
    let later = ratios.dropFirst(whole.pairs).shuffled(using: &generator)
    let exchanged = Self.decide(ratios.prefix(whole.pairs) + later)
    #expect(exchanged.verdict == whole.verdict && exchanged.pairs == whole.pairs, "seed \(seed)")
    // A slower candidate is not better off.
    let order: [GateVerdict] = [.pass, .inconclusive, .fail]
    let slower = Self.decide(ratios.map { $0 + 0.01 })
    let rank = { (verdict: GateVerdict) in order.firstIndex(of: verdict) ?? -1 }
    #expect(rank(slower.verdict) >= rank(whole.verdict), "seed \(seed)")
    // Larger families find it harder to fail.
    #expect(
      rank(Self.decide(ratios, family: 100_000).verdict) <= rank(whole.verdict), "seed \(seed)")
  }

  /// What remains to be decided of a member in the middle of a group does not depend on the unit.
  @Test func unitsDoNotMatter() {
    let judge = GateJudge(policy: GatePolicy(), family: 3)
    let pairs = Self.pairs([0.05, 0.01, 0.02, -0.03, 0.011, 0.04])
    let scaled = pairs.map { pair in
      PairTimes(
        index: pair.index, base: pair.base.map { $0 * 1024 },
        candidate: pair.candidate.map { $0 * 1024 })
    }
    let decision = judge.decision(of: Self.member(), ["a": pairs])
    var other = judge.decision(of: Self.member(), ["a": scaled])
    #expect(abs((other.base ?? 0) - 1024 * (decision.base ?? 0)) < 1e-9)
    (other.base, other.candidate) = (decision.base, decision.candidate)
    #expect(decision == other)
  }

  @Test func pairsWithoutATimeAreLeftOut() {
    var pairs = Self.pairs(Array(repeating: 0, count: 7))
    pairs.insert(PairTimes(index: 20, base: [0, 0, 0], candidate: [1, 1, 1]), at: 2)
    pairs.insert(PairTimes(index: 21, base: [1, 1], candidate: []), at: 2)
    pairs.insert(PairTimes(index: 22, base: [1, .nan], candidate: [1, 1]), at: 2)
    let judge = GateJudge(policy: GatePolicy(), family: 1)
    let decision = judge.decision(of: Self.member(), ["a": pairs])
    #expect(decision.verdict == .pass && decision.pairs == 7)
    let none = judge.decision(of: Self.member(), [:])
    #expect(none.verdict == .inconclusive && none.pairs == 0 && none.shift == nil)
    #expect(judge.decision(of: Self.member(statistic: "p42"), ["a": pairs]).pairs == 0)
  }

  @Test func confirmationCanOnlyFail() {
    let judge = GateJudge(policy: GatePolicy(), family: 300)
    // 1.6^7 = 26.8 is the first power above 20.
    let slow = judge.confirmation(of: Self.member(), Self.pairs(Array(repeating: 0.05, count: 9)))
    #expect(slow.verdict == .fail && slow.pairs == 7)
    let same = judge.confirmation(of: Self.member(), Self.pairs(Array(repeating: 0, count: 90)))
    #expect(same.verdict == .layout && same.pairs == 80)
  }

  @Test func aGroupIsTheMiddleOfItsSeriesRoundByRound() {
    let group = Self.member(.group, series: ["a", "b", "c", "d", "e"])
    var series: [String: [PairTimes]] = [
      "a": Self.pairs([0.01, 0.50, 0.00]), "b": Self.pairs([0.02, 0.00, 0.00]),
      "c": Self.pairs([0.04, 0.01, 0.00]), "d": Self.pairs([0.03, 0.02]),
      "other": Self.pairs([9, 9, 9]),
    ]
    // Round 0: the middle of 1, 2, 3, 4%; round 1 of 0, 1, 2, 50%; round 2 has only three series.
    let ratios = GateJudge.logRatios(of: group, series)
    #expect(ratios.count == 2)
    #expect(zip(ratios, [0.025, 0.015]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(ratios)")
    // With a fifth series in round 2 alone there are four; it stands between its neighbours.
    series["e"] = [Self.pair(2, 0.07), Self.pair(5, 0.1)]
    let more = GateJudge.logRatios(of: group, series)
    #expect(more.count == 3 && abs(more[2]) < 1e-12, "\(more)")
  }

  @Test func groupsSeeWhatNoPointDoes() {
    let seed: UInt64 = 8
    var generator = SeededGenerator(seed: seed)
    let names = (0..<16).map { "s\($0)" }
    let series = Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, Self.pairs((0..<80).map { _ in 0.02 + 0.03 * generator.normal() }))
      })
    let judge = GateJudge(policy: GatePolicy(), family: 17)
    var group = Self.member(.group, series: names)
    group.margins = .groups
    #expect(judge.decision(of: group, series).verdict == .fail, "seed \(seed)")
    let alone = names.filter {
      judge.decision(of: Self.member(series: [$0]), series).verdict == .fail
    }
    #expect(alone.count < 4, "seed \(seed): \(alone)")
  }
}
