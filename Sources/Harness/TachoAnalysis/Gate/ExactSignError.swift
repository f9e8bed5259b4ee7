// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// How often a member of a gate ends in each verdict, computed exactly.
///
/// Pairs are taken to be independent, each above the tolerated margin with one chance and below the one
/// that must not pass with another. The evidence after n pairs depends on the two counts alone, so the
/// chances of all (n, above, below) follow from those of n - 1: a dynamic program with as many states as
/// n^2 / 2 per step and no sampling error. With `chanceAbove` 1/2 and `canPass` false it is the largest
/// chance of a false failure that independent pairs have; Ville's inequality bounds it for any others by
/// `alpha` / family.
package struct ExactSignError: Sendable, Hashable {
  package let fail: Double
  package let pass: Double
  package let inconclusive: Double
  /// Launch pairs until the verdict, `pairsMax` without one.
  package let meanPairs: Double

  /// `chanceAbove` is P(d > tolerated), `chanceBelow` P(d < must not pass) of one pair; nil unless both
  /// are chances and together at least 1, as every d is above the one or below the other.
  ///
  /// `family` shares alpha; without `canPass` only failing ends a member.
  package init?(
    chanceAbove: Double, chanceBelow: Double, policy: GatePolicy, family: Int,
    canPass: Bool = true
  ) {
    let judge = GateJudge(policy: policy, family: family)
    self.init(
      chanceAbove: chanceAbove, chanceBelow: chanceBelow, policy: policy,
      failThreshold: judge.failThreshold, passThreshold: canPass ? judge.passThreshold : .infinity)
  }

  init?(
    chanceAbove: Double, chanceBelow: Double, policy: GatePolicy, failThreshold: Double,
    passThreshold: Double
  ) {
    // Rounding may leave the chance of lying between the margins a little below 0.
    let between = chanceAbove + chanceBelow - 1
    guard (0...1).contains(chanceAbove), (0...1).contains(chanceBelow), between > -1e-12 else {
      return nil
    }
    let slower = SignBet(policy.failChance)
    let notAsSlow = SignBet(policy.passChance)
    let last = max(0, policy.pairsMax)
    // chances[above * width + pairs not below]: those are all above, so both count up from 0.
    let width = last + 1
    var chances = [Double](repeating: 0, count: width * width)
    chances[0] = 1
    var open = 1.0
    var fail = 0.0
    var pass = 0.0
    var meanPairs = 0.0
    for n in 1..<(last + 1) where open > 0 {
      meanPairs += open
      open = 0
      // Downwards, so that what a state is computed from is still that of n - 1.
      for above in stride(from: n, through: 0, by: -1) {
        let fails = slower.evidence(count: above, of: n) >= failThreshold
        for notBelow in stride(from: above, through: 0, by: -1) {
          let place = above * width + notBelow
          var chance = chances[place] * (1 - chanceAbove)
          if above > 0 { chance += chances[place - width] * max(0, between) }
          if notBelow > 0 { chance += chances[place - width - 1] * (1 - chanceBelow) }
          chances[place] = 0
          if fails {
            fail += chance
          } else if notAsSlow.evidence(count: n - notBelow, of: n) >= passThreshold {
            pass += chance
          } else {
            chances[place] = chance
            open += chance
          }
        }
      }
    }
    self.fail = fail
    self.pass = pass
    inconclusive = open
    self.meanPairs = meanPairs
  }

  /// The chance that any of `members` alike fails when they are independent; `members` times `fail`, or
  /// 1, is what bounds it when they are not.
  package func familyWise(members: Int) -> Double {
    // 1 - (1 - fail)^members, which would lose a small chance to rounding.
    -expm1(Double(members) * log1p(-fail))
  }
}
