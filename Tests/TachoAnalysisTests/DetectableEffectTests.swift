// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What a comparison of launch pairs can find, and when more samples tell nothing new.
@Suite struct DetectableEffectTests {
  /// Effects of `TTestPower.solve_power`, critical counts of `binomtest`.
  @Test func agreesWithStatsmodels() throws {
    // A standard deviation of exactly 1: half at -a, half at a, with n a^2 / (n - 1) = 1.
    let half = (199.0 / 200).squareRoot()
    let ratios = (0..<200).map { $0 % 2 == 0 ? half : -half }
    for entry in try GoldenStatistics.read().power {
      let effect = MinimalDetectableEffect(logRatios: ratios, pairs: entry.n)
      let student = try #require(effect.student.number)
      #expect(abs(log1p(student) / entry.student - 1) < 0.01, "\(entry.n): \(student)")
      #expect(
        MinimalDetectableEffect.criticalCount(pairs: entry.n, alpha: 0.05) == entry.critical)
      let chance = MinimalDetectableEffect.neededChance(
        pairs: entry.n, critical: entry.critical, power: 0.8)
      #expect(abs(chance - entry.chance) < 1e-9, "\(entry.n): \(chance)")
    }
  }

  @Test func saysWhatItLacks() {
    let ratios = (1...20).map { Double($0) / 1000 }
    let five = MinimalDetectableEffect(logRatios: ratios, pairs: 5)
    #expect(
      five.sign
        == .unavailable(
          "with 5 launch pairs the sign test can never reject at 0.05; it takes at least 6"))
    #expect(five.student.number != nil)
    #expect(MinimalDetectableEffect(logRatios: ratios, pairs: 1).student.number == nil)
    #expect(MinimalDetectableEffect(logRatios: [0.1], pairs: 9).student.number == nil)
    let few = MinimalDetectableEffect(logRatios: Array(ratios[..<5]), pairs: 6)
    #expect(few.sign == .unavailable("needs at least 14 A/A launch pairs, there are 5"))
    #expect(MinimalDetectableEffect(logRatios: [.nan, 1], pairs: 9).sign.number == nil)
    #expect(MinimalDetectableEffect(logRatios: ratios, pairs: 9, alpha: 0).sign.number == nil)
    #expect(NoiseFloor(logRatios: Array(ratios[..<19])) == nil)
  }

  /// A change of the size promised is found as often as promised, by the sign test with gross outliers
  /// too; more pairs find smaller changes.
  @Test(arguments: [(10, 0.0), (30, 0.0), (30, 0.15)])
  func powerIsWhatIsPromised(pairs: Int, outliers: Double) throws {
    let seed: UInt64 = 19
    var generator = SeededGenerator(seed: seed)
    func ratio() -> Double {
      0.01 * generator.normal() * (generator.uniform() < outliers ? 15 : 1)
    }
    let known = (0..<4_000).map { _ in ratio() }
    let effect = MinimalDetectableEffect(logRatios: known, pairs: pairs)
    let sign = log1p(try #require(effect.sign.number))
    let student = log1p(try #require(effect.student.number))
    let critical = try #require(
      MinimalDetectableEffect.criticalCount(pairs: pairs, alpha: 0.05))
    let trials = 600
    var found = (sign: 0, student: 0)
    let bound = StudentDistribution(freedom: Double(pairs - 1)).quantile(0.975)
    for _ in 0..<trials {
      let noise = (0..<pairs).map { _ in ratio() }
      if noise.count(where: { $0 + sign > 0 }) >= critical { found.sign += 1 }
      let summary = try #require(Summary(of: noise.map { $0 + student }))
      let error = (summary.standardDeviation ?? 0) / Double(pairs).squareRoot()
      if summary.mean > bound * error { found.student += 1 }
    }
    #expect(abs(Double(found.sign) / Double(trials) - 0.8) < 0.06, "seed \(seed): \(found)")
    if outliers == 0 {
      #expect(abs(Double(found.student) / Double(trials) - 0.8) < 0.06, "seed \(seed): \(found)")
    } else {
      #expect(sign < student / 2, "the sign test needs no room for outliers: \(sign) \(student)")
    }
    let more = MinimalDetectableEffect(logRatios: known, pairs: pairs * 2)
    #expect((more.sign.number ?? 1) < (effect.sign.number ?? 0))
  }

  @Test func noiseFloorIsExceededByOneInTwenty() throws {
    let seed: UInt64 = 23
    var generator = SeededGenerator(seed: seed)
    let floor = try #require(
      NoiseFloor(logRatios: (0..<2_000).map { _ in 0.02 * generator.normal() }))
    // The 95th percentile of |Z| is 1.96.
    #expect(abs(floor.relative - 0.0400) < 0.002, "seed \(seed): \(floor)")
    let lower = try #require(floor.lower)
    let upper = try #require(floor.upper)
    #expect(lower < floor.relative && floor.relative < upper)
    let turned = NoiseFloor(logRatios: (1...72).map { -Double($0) / 1000 })
    #expect(turned == NoiseFloor(logRatios: (1...72).map { Double($0) / 1000 }))
    #expect(turned?.upper == expm1(0.072))
    #expect(NoiseFloor(logRatios: (1...71).map { Double($0) / 1000 })?.upper == nil)
  }

  /// The same noise all along is recognised soon after 64 estimates; drift and a burst are not it.
  @Test(arguments: 1...10) func stationaryNoise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var steady = StationaryNoise()
    var drifting = StationaryNoise()
    var bursting = StationaryNoise()
    var at: Int?
    var wrong: [Int] = []
    for count in 1...400 {
      let value = 10 + generator.normal()
      steady.add(value)
      drifting.add(value * (1 + Double(count) / 50))
      bursting.add((201...210).contains(count) ? value * 10 : value)
      if (211...260).contains(count), bursting.isStationary { wrong.append(count) }
      if drifting.isStationary { wrong.append(count) }
      if at == nil, steady.isStationary { at = count }
    }
    #expect((65...250).contains(at ?? 0), "seed \(seed): \(at ?? -1)")
    #expect(abs((steady.noise ?? 0) - 0.1) < 0.02, "seed \(seed)")
    #expect(wrong == [], "seed \(seed): drift or a burst taken for noise")
  }

  @Test func stationaryNoiseByHand() {
    // Relative standard deviations of [1, 3], [1, 3, 2]: sqrt(2) / 2, 1 / 2.
    #expect(abs((StationaryNoise([1, 3]).noise ?? 0) - 2.0.squareRoot() / 2) < 1e-15)
    #expect(StationaryNoise([1, 3, 2]).noise == 0.5)
    #expect(StationaryNoise([1]).noise == nil)
    #expect(StationaryNoise(Array(repeating: 1, count: 64)).window == nil)
    #expect(StationaryNoise(Array(repeating: 1, count: 65)).window == 64)
    #expect(StationaryNoise((0..<401).map { Double($0) + 1 }).window == 200)
    #expect(StationaryNoise((0..<2_000).map { Double($0) + 1 }).window == 512)
    // Nothing varies: no noise to be stationary.
    #expect(!StationaryNoise(Array(repeating: 1, count: 200)).isStationary)
  }
}
