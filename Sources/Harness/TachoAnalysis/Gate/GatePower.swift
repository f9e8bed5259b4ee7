// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// What a gate of this policy can see of a point on a machine, from the point's calibrated noise.
///
/// A slowdown is taken to shift every ln ratio by the same amount. The chances are exact for independent
/// pairs (`ExactSignError`); pairs in bursts take more of them. What lies between the margins may pass: on
/// a quiet machine it does, in fewer pairs than failing takes, so `detectable` is then the margin that must
/// not pass and not the tolerated one.
package struct GatePower: Sendable, Hashable {
  /// The power that `detectable` and `smallestPassed` are about.
  package static let power = 0.95
  /// Changes beyond a factor of e are not looked for.
  private static let largest = 1.0

  /// The smallest slowdown, as a share of the base's time, that fails in 95 of 100 jobs.
  package let detectable: Reading
  /// The smallest margin that must not pass with which an unchanged point passes in 95 of 100 jobs.
  package let smallestPassed: Reading
  /// The chance that an unchanged point passes, and that it fails.
  package let passUnchanged: Reading
  package let failUnchanged: Reading
  /// Mean launch pairs until the verdict of an unchanged point, and of one slower by `detectable`.
  package let pairsUnchanged: Reading
  package let pairsDetectable: Reading
  /// The same in seconds.
  package let secondsUnchanged: Reading
  package let secondsDetectable: Reading

  /// `noise` is nil where the point has no calibration, `secondsPerPair` where no pair was timed.
  package init(
    noise: PairNoise?, margins: GateMargins, policy: GatePolicy, family: Int,
    secondsPerPair: Double? = nil
  ) {
    var missing = policy.complaint ?? margins.complaint
    if noise == nil {
      missing =
        "not calibrated: it takes \(PairNoise.fewest) launch pairs of the point against itself; run "
        + "tacho calibrate --suite with this suite"
    }
    let usable = missing == nil ? noise : nil
    let error = { (shift: Double, margins: GateMargins) in
      usable.flatMap { noise in
        ExactSignError(
          chanceAbove: noise.chance(above: margins.toleratedLog, shift: shift),
          chanceBelow: noise.chance(below: margins.mustNotPassLog, shift: shift), policy: policy,
          family: family)
      }
    }
    let unchanged = error(0, margins)
    let slowdown = Self.smallest(above: margins.toleratedLog) {
      error($0, margins)?.fail ?? 0 >= Self.power
    }
    let detected = slowdown.flatMap { error($0, margins) }
    let margin = Self.smallest(above: margins.toleratedLog) {
      let wider = GateMargins(tolerated: margins.tolerated, mustNotPass: expm1($0))
      return error(0, wider)?.pass ?? 0 >= Self.power
    }
    let limits =
      "in \(policy.pairsMax) launch pairs at a spread of "
      + String(
        format: "%.2g%% with %.0f%% of outliers", 100 * (usable?.sigma ?? 0),
        100 * (usable?.outliers ?? 0))
    let unseen = missing ?? "no slowdown fails 95 of 100 jobs " + limits
    let unpassed = missing ?? "no margin lets 95 of 100 unchanged points pass " + limits
    func reading(_ value: Double?, _ reason: String) -> Reading {
      value.map { .value($0) } ?? .unavailable(reason)
    }
    func seconds(_ pairs: Double?) -> Reading {
      guard let pairs else { return .unavailable(unseen) }
      return reading(secondsPerPair.map { $0 * pairs }, "no launch pair of it was timed")
    }
    detectable = reading(slowdown.map { expm1($0) }, unseen)
    smallestPassed = reading(margin.map { expm1($0) }, unpassed)
    passUnchanged = reading(unchanged?.pass, unseen)
    failUnchanged = reading(unchanged?.fail, unseen)
    pairsUnchanged = reading(unchanged?.meanPairs, unseen)
    pairsDetectable = reading(detected?.meanPairs, unseen)
    secondsUnchanged = seconds(unchanged?.meanPairs)
    secondsDetectable = seconds(detected?.meanPairs)
  }

  /// Where a condition turns true, to a hundred thousandth; nil when it does not up to `largest`.
  private static func smallest(above bound: Double, where holds: (Double) -> Bool) -> Double? {
    var (low, high) = (bound, bound + largest)
    guard holds(high) else { return nil }
    while high - low > 1e-5 {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
