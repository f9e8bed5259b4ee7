// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// The gate's two sign tests against numbers worked out by hand, and what must hold for any data.
@Suite struct SignEvidenceTests {
  static let above = log(1.02) + 1
  static let between = log(1.02)
  static let below = -1.0

  static func evidence(
    _ ratios: [Double], margins: GateMargins = .points, policy: GatePolicy = GatePolicy()
  ) -> SignEvidence {
    var evidence = SignEvidence(margins: margins, policy: policy)
    for ratio in ratios { evidence.add(ratio) }
    return evidence
  }

  @Test func evidenceByHand() {
    // 1.6 x 1.6 x 0.4 to fail; 0.2 x 1.8 x 1.8 to pass.
    let evidence = Self.evidence([Self.above, Self.between, Self.below])
    #expect(abs(exp(evidence.fail) - 1.024) < 1e-12)
    #expect(abs(exp(evidence.pass) - 0.648) < 1e-12)
    #expect(evidence.pairs == 3 && evidence.above == 2 && evidence.below == 2)
    #expect(Self.evidence([]).fail == 0 && Self.evidence([]).pass == 0)
  }

  @Test func tiesAndNoNumbersCountAgainstBoth() {
    let tolerated = Self.evidence([GateMargins.points.toleratedLog])
    #expect(tolerated.above == 0 && tolerated.below == 1)
    let mustNot = Self.evidence([GateMargins.points.mustNotPassLog])
    #expect(mustNot.above == 1 && mustNot.below == 0)
    let nothing = Self.evidence([.nan])
    #expect(nothing.above == 0 && nothing.below == 0 && nothing.pairs == 1)
    #expect(abs(exp(nothing.fail) - 0.4) < 1e-12 && abs(exp(nothing.pass) - 0.2) < 1e-12)
    // With no margin at all, equal times are not slower.
    let none = GateMargins(tolerated: 0, mustNotPass: 0.03)
    #expect(Self.evidence([0, 0, 0], margins: none).above == 0)
  }

  /// Each factor has the mean 1 at even chances, and at most 1 below: a test martingale.
  @Test(arguments: [0.51, 0.6, 0.8, 0.9, 0.99]) func evenChancesGainNothing(chance: Double) {
    let bet = SignBet(chance)
    let won = exp(bet.evidence(count: 1, of: 1))
    let lost = exp(bet.evidence(count: 0, of: 1))
    #expect(abs((won + lost) / 2 - 1) < 1e-12)
    for p in stride(from: 0, through: 0.5, by: 0.05) {
      #expect(p * won + (1 - p) * lost <= 1 + 1e-12, "\(chance) \(p)")
    }
  }

  @Test(arguments: 1...20) func growthOfARatioOnlyHelpsToFail(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var ratios = (0..<30).map { _ in 0.03 * generator.normal() + 0.015 }
    for _ in 0..<50 {
      let before = Self.evidence(ratios)
      ratios[generator.index(below: ratios.count)] += 0.05 * generator.uniform()
      let after = Self.evidence(ratios)
      #expect(after.fail >= before.fail && after.pass <= before.pass, "seed \(seed)")
    }
    // To the last bit the order does not matter.
    let shuffled = ratios.shuffled(using: &generator)
    #expect(Self.evidence(shuffled) == Self.evidence(ratios), "seed \(seed)")
  }

  /// Ville: at even chances the evidence ever reaches 1/a with a chance of at most a, here with each
  /// pair's spread depending on all pairs before it.
  @Test func evidenceIsRarelyReachedByBurstyNoise() {
    let seed: UInt64 = 5
    var generator = SeededGenerator(seed: seed)
    let margins = GateMargins(tolerated: 0, mustNotPass: 0.03)
    var reached = 0
    let trials = 4_000
    for _ in 0..<trials {
      var evidence = SignEvidence(margins: margins, policy: GatePolicy())
      var last = 0.01
      for _ in 0..<80 {
        // What came before sets how wide the next one is, not its sign.
        let ratio = (abs(last) > 0.02 ? 0.2 : 0.005) * generator.normal()
        evidence.add(ratio)
        last = ratio
        if evidence.fail >= log(20) {
          reached += 1
          break
        }
      }
    }
    // At most 5%: with 4,000 trials 5% stay below 248 but for one in a thousand.
    #expect(reached < 248 && reached > 40, "seed \(seed): \(reached) of \(trials)")
  }

  @Test func policiesThatWouldGainFromNothingAreRefused() {
    #expect(GatePolicy().complaint == nil)
    #expect(GatePolicy(failChance: 0.5).complaint != nil)
    #expect(GatePolicy(passChance: 1).complaint != nil)
    #expect(GatePolicy(alpha: 0).complaint != nil && GatePolicy(beta: 1).complaint != nil)
    #expect(GatePolicy(pairsMax: 0).complaint != nil && GatePolicy(rounds: 0).complaint != nil)
    #expect(GatePolicy(confirmingEvidence: 1).complaint != nil)
    #expect(GatePolicy(secondsMax: .nan).complaint != nil)
    #expect(GatePolicy(alpha: .nan).complaint != nil)
  }
}
