// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// The gate's exact error rates against every sequence of signs judged one by one, and against the
/// levels promised.
@Suite struct ExactSignErrorTests {
  /// Judges all 3^n sequences of pairs below, between and above the margins.
  static func enumerate(
    _ above: Double, _ below: Double, _ policy: GatePolicy, family: Int, canPass: Bool
  ) -> (fail: Double, pass: Double, inconclusive: Double, meanPairs: Double) {
    let judge = GateJudge(policy: policy, family: family)
    let chances = [1 - above, above + below - 1, 1 - below]
    let values = [-1.0, log(1.02), 1.0]
    var result = (fail: 0.0, pass: 0.0, inconclusive: 0.0, meanPairs: 0.0)
    let sequences = Int(pow(3, Double(policy.pairsMax)))
    for sequence in 0..<sequences {
      var rest = sequence
      var chance = 1.0
      var ratios: [Double] = []
      for _ in 0..<policy.pairsMax {
        chance *= chances[rest % 3]
        ratios.append(values[rest % 3])
        rest /= 3
      }
      let (verdict, evidence) = judge.verdict(
        of: ratios, margins: .points, failThreshold: judge.failThreshold, canPass: canPass)
      switch verdict {
      case .fail: result.fail += chance
      case .pass: result.pass += chance
      default: result.inconclusive += chance
      }
      result.meanPairs += chance * Double(evidence.pairs)
    }
    return result
  }

  /// Thresholds of 1.6^4 to 1.6^5 to fail and 1.8^3 to pass, so that all verdicts occur in 8 pairs.
  @Test(arguments: [(0.5, 0.5, true), (0.5, 0.5, false), (0.3, 0.9, true), (0.85, 0.4, true)])
  func agreesWithEnumeration(above: Double, below: Double, canPass: Bool) throws {
    for (family, pairs) in [(1, 1), (1, 5), (2, 8)] {
      let policy = GatePolicy(alpha: 0.2, beta: 0.2, pairsMax: pairs)
      let exact = try #require(
        ExactSignError(
          chanceAbove: above, chanceBelow: below, policy: policy, family: family, canPass: canPass)
      )
      let all = Self.enumerate(above, below, policy, family: family, canPass: canPass)
      #expect(abs(exact.fail - all.fail) < 1e-12, "\(pairs): \(exact) \(all)")
      #expect(abs(exact.pass - all.pass) < 1e-12, "\(pairs): \(exact) \(all)")
      #expect(abs(exact.inconclusive - all.inconclusive) < 1e-12, "\(pairs): \(exact) \(all)")
      #expect(abs(exact.meanPairs - all.meanPairs) < 1e-12, "\(pairs): \(exact) \(all)")
      #expect(abs(exact.fail + exact.pass + exact.inconclusive - 1) < 1e-12)
    }
  }

  /// Two signs only, all 2^12 of them: failing alone.
  @Test func agreesWithEnumerationOfTwelveSigns() throws {
    let policy = GatePolicy(alpha: 0.05, pairsMax: 12)
    let judge = GateJudge(policy: policy, family: 1)
    var fail = 0.0
    for bits in 0..<(1 << 12) {
      let ratios = (0..<12).map { bits >> $0 & 1 == 1 ? 1.0 : -1.0 }
      let verdict = judge.verdict(
        of: ratios, margins: .points, failThreshold: judge.failThreshold, canPass: false)
      if verdict.verdict == .fail { fail += 1 / 4096.0 }
    }
    let exact = try #require(
      ExactSignError(
        chanceAbove: 0.5, chanceBelow: 0.5, policy: policy, family: 1, canPass: false))
    #expect(exact.fail > 0 && abs(exact.fail - fail) < 1e-14, "\(exact.fail) \(fail)")
    #expect(exact.pass == 0)
  }

  @Test func byHand() throws {
    // Certain signs: 22 pairs to fail in a family of 300, 7 to pass.
    let policy = GatePolicy()
    let slow = try #require(
      ExactSignError(chanceAbove: 1, chanceBelow: 0, policy: policy, family: 300))
    #expect(slow.fail == 1 && slow.meanPairs == 22 && slow.pass == 0)
    let same = try #require(
      ExactSignError(chanceAbove: 0, chanceBelow: 1, policy: policy, family: 300))
    #expect(same.pass == 1 && same.meanPairs == 7)
    // In 7 pairs only 7 in a row pass.
    let one = try #require(
      ExactSignError(
        chanceAbove: 0.1, chanceBelow: 0.9, policy: GatePolicy(pairsMax: 7), family: 300))
    #expect(abs(one.pass - pow(0.9, 7)) < 1e-15)
    #expect(ExactSignError(chanceAbove: 0.4, chanceBelow: 0.5, policy: policy, family: 1) == nil)
    #expect(ExactSignError(chanceAbove: 1.1, chanceBelow: 0.5, policy: policy, family: 1) == nil)
    #expect(ExactSignError(chanceAbove: .nan, chanceBelow: 1, policy: policy, family: 1) == nil)
    let none = try #require(
      ExactSignError(
        chanceAbove: 1, chanceBelow: 1, policy: GatePolicy(pairsMax: 0), family: 1))
    #expect(none.inconclusive == 1 && none.meanPairs == 0)
  }

  /// What is promised: alpha over the family at even chances, beta at the margin that must not pass.
  @Test(arguments: [1, 2, 10, 100, 300, 1000]) func levelsHold(family: Int) throws {
    for policy in [GatePolicy(), GatePolicy(alpha: 0.05, beta: 0.05, pairsMax: 200)] {
      let alone = try #require(
        ExactSignError(
          chanceAbove: 0.5, chanceBelow: 0.5, policy: policy, family: family, canPass: false))
      #expect(alone.fail <= policy.alpha / Double(family), "\(family): \(alone.fail)")
      // Not by a wide berth: a bound far above the truth would waste pairs.
      #expect(alone.fail >= 0.3 * policy.alpha / Double(family), "\(family): \(alone.fail)")
      #expect(alone.familyWise(members: family) <= policy.alpha)
      for below in [0.5, 0.7, 1] {
        let both = try #require(
          ExactSignError(chanceAbove: 0.5, chanceBelow: below, policy: policy, family: family))
        #expect(both.fail <= alone.fail + 1e-15)
      }
      for above in [0.5, 0.7, 1] {
        let boundary = try #require(
          ExactSignError(chanceAbove: above, chanceBelow: 0.5, policy: policy, family: family))
        #expect(boundary.pass <= policy.beta, "\(family) \(above): \(boundary.pass)")
      }
    }
  }

  /// Computed by another program, state by state in a hash table.
  @Test(arguments: [
    (1, 0.008219862894224153), (10, 0.000763018733866655), (100, 7.192889202046613e-05),
    (300, 2.351973475428065e-05), (1000, 6.655965891072865e-06),
  ])
  func knownRates(family: Int, rate: Double) throws {
    let alone = try #require(
      ExactSignError(
        chanceAbove: 0.5, chanceBelow: 0.5, policy: GatePolicy(), family: family, canPass: false))
    #expect(abs(alone.fail / rate - 1) < 1e-10, "\(alone.fail)")
    let boundary = try #require(
      ExactSignError(chanceAbove: 1, chanceBelow: 0.5, policy: GatePolicy(), family: 1 << 60))
    #expect(abs(boundary.pass / 0.01526772871903507 - 1) < 1e-10, "\(boundary.pass)")
  }

  @Test func familyWiseRates() throws {
    let alone = try #require(
      ExactSignError(
        chanceAbove: 0.5, chanceBelow: 0.5, policy: GatePolicy(), family: 300, canPass: false))
    // 1 - (1 - p)^m against its series.
    let p = alone.fail
    #expect(abs(alone.familyWise(members: 2) - (2 * p - p * p)) < 1e-18)
    #expect(abs(alone.familyWise(members: 300) - 0.0070311682588583) < 1e-9)
  }

  @Test func failingGrowsWithTheChance() throws {
    var last = -1.0
    for chance in stride(from: 0.5, through: 1, by: 0.05) {
      let exact = try #require(
        ExactSignError(
          chanceAbove: chance, chanceBelow: 0.5, policy: GatePolicy(), family: 300))
      #expect(exact.fail >= last)
      last = exact.fail
    }
    #expect(last > 0.98)
  }
}
