// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What a machine can detect, against drawing.
@Suite struct GatePowerTests {
  @Test func noiseByHand() throws {
    // Median 0, distances 1, 1, 1, 1, 2, 2, 2, 2, 3, 30: their middle is 2.
    let ratios = [-1, 1, -1, 1, -2, 2, -2, 2, 3, -30].map { Double($0) / 100 }
    let noise = try #require(PairNoise(ratios))
    #expect(noise.pairs == 10 && abs(noise.sigma - 1.4826 * 0.02) < 1e-12)
    // One of ten beyond three deviations, less the 0.27% of a normal distribution.
    #expect(abs(noise.outliers - (0.1 - 0.0026998) / (1 - 0.0026998)) < 1e-6)
    #expect(PairNoise(Array(ratios.prefix(9))) == nil)
    #expect(PairNoise(ratios + [.nan]) == nil)
    let still = try #require(PairNoise(Array(repeating: 0.5, count: 10)))
    #expect(still.sigma == 0 && still.outliers == 0)
  }

  @Test func noiseIsRecovered() throws {
    let seed: UInt64 = 3
    var generator = SeededGenerator(seed: seed)
    let ratios = (0..<20_000).map { _ in
      generator.uniform() < 0.1 ? (generator.uniform() < 0.5 ? 1.0 : -1) : 0.01 * generator.normal()
    }
    let noise = try #require(PairNoise(ratios))
    // The deviation's middle lies at the 55.6th percentile of the bulk's: 13% more.
    #expect(abs(noise.sigma / 0.01 - 1.135) < 0.03, "seed \(seed): \(noise)")
    #expect(abs(noise.outliers - 0.1) < 0.01, "seed \(seed): \(noise)")
  }

  @Test(arguments: [(0.004, 0.0), (0.01, 0.1), (0.02, 0.2)])
  func detectsAsOftenAsPromised(sigma: Double, outliers: Double) throws {
    let seed: UInt64 = 11
    let policy = GatePolicy()
    let power = GatePower(
      noise: PairNoise(pairs: 40, sigma: sigma, outliers: outliers), margins: .points,
      policy: policy, family: 100, secondsPerPair: 2)
    let detectable = try #require(power.detectable.number)
    #expect(detectable > 0.01 && detectable < 0.0301 + sigma, "\(detectable)")
    let judge = GateJudge(policy: policy, family: 100)
    var generator = SeededGenerator(seed: seed)
    func run(_ slowdown: Double, _ margins: GateMargins) -> (fail: Double, pass: Double, n: Double)
    {
      let trials = 3_000
      var (fail, pass, pairs) = (0, 0, 0)
      for _ in 0..<trials {
        let draws = (0..<80).lazy.map { _ -> Double in
          let far = generator.uniform() < outliers
          return log1p(slowdown)
            + (far ? (generator.uniform() < 0.5 ? 5 : -5) : sigma * generator.normal())
        }
        let (verdict, evidence) = judge.verdict(
          of: draws, margins: margins, failThreshold: judge.failThreshold, canPass: true)
        if verdict == .fail { fail += 1 }
        if verdict == .pass { pass += 1 }
        pairs += evidence.pairs
      }
      let count = Double(trials)
      return (Double(fail) / count, Double(pass) / count, Double(pairs) / count)
    }
    let slow = run(detectable, .points)
    #expect(abs(slow.fail - 0.95) < 0.017, "seed \(seed): \(slow)")
    #expect(abs(slow.n - (power.pairsDetectable.number ?? 0)) < 1, "seed \(seed): \(slow)")
    let same = run(0, .points)
    #expect(abs(same.pass - (power.passUnchanged.number ?? 0)) < 0.02, "seed \(seed): \(same)")
    #expect(abs(same.n - (power.pairsUnchanged.number ?? 0)) < 0.6, "seed \(seed): \(same)")
    #expect(power.secondsUnchanged.number == power.pairsUnchanged.number.map { 2 * $0 })
    let smallest = try #require(power.smallestPassed.number)
    let margin = run(0, GateMargins(tolerated: 0.01, mustNotPass: smallest))
    if smallest > 0.0101 {
      #expect(abs(margin.pass - 0.95) < 0.017, "seed \(seed): \(margin) at \(smallest)")
    } else {
      #expect(margin.pass >= 0.93)
    }
  }

  @Test func noiseCostsPower() throws {
    func power(_ sigma: Double, _ outliers: Double, _ family: Int = 300) -> GatePower {
      GatePower(
        noise: PairNoise(pairs: 20, sigma: sigma, outliers: outliers), margins: .points,
        policy: GatePolicy(), family: family)
    }
    var last = 0.0
    for sigma in [0.01, 0.02, 0.03, 0.05] {
      let detectable = try #require(power(sigma, 0.1).detectable.number)
      #expect(detectable > last)
      last = detectable
    }
    let many = try #require(power(0.01, 0.1, 3000).detectable.number)
    let few = try #require(power(0.01, 0.1, 30).detectable.number)
    #expect(few < many)
    // Half of the pairs outliers: at most 3 in 4 lie above any margin, too few for 80 pairs.
    let lost = power(0.01, 0.5)
    guard case .unavailable(let reason) = lost.detectable else {
      Issue.record("\(lost.detectable)")
      return
    }
    #expect(
      reason == "no slowdown fails 95 of 100 jobs in 80 launch pairs at a spread of 1% with 50% of "
        + "outliers")
    #expect(lost.pairsDetectable.number == nil && lost.pairsUnchanged.number != nil)
    // Without any noise all that lies between the margins passes, in 7 pairs where failing takes 22: a
    // slowdown fails from the margin that must not pass on, and in 22 pairs.
    let still = power(0, 0)
    #expect(abs((still.detectable.number ?? 0) - 0.03) < 2e-5, "\(still.detectable)")
    #expect(still.pairsDetectable == .value(22) && still.pairsUnchanged == .value(7))
    #expect(abs((still.smallestPassed.number ?? 0) - 0.01) < 2e-5, "\(still.smallestPassed)")
  }

  @Test func withoutCalibrationNothingIsSaid() {
    let power = GatePower(noise: nil, margins: .points, policy: GatePolicy(), family: 3)
    for reading in [
      power.detectable, power.smallestPassed, power.passUnchanged, power.failUnchanged,
      power.pairsUnchanged, power.pairsDetectable, power.secondsUnchanged, power.secondsDetectable,
    ] {
      guard case .unavailable(let reason) = reading else {
        Issue.record("\(reading)")
        continue
      }
      #expect(reason.hasPrefix("not calibrated: it takes 10 launch pairs"))
    }
    let noise = PairNoise(pairs: 10, sigma: 0.01, outliers: 0)
    let wrong = GatePower(
      noise: noise, margins: .points, policy: GatePolicy(alpha: 2), family: 3)
    #expect(wrong.detectable == .unavailable(GatePolicy(alpha: 2).complaint ?? ""))
    let untimed = GatePower(noise: noise, margins: .points, policy: GatePolicy(), family: 3)
    #expect(untimed.secondsUnchanged == .unavailable("no launch pair of it was timed"))
  }
}
