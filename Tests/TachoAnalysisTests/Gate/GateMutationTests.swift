// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Equal programs on a drifting, bursty machine: the protocol keeps its promise there, and each of its
/// parts is needed for that.
@Suite struct GateMutationTests {
  /// Jobs of 10 members of which at least one fails.
  static func jobsFailed(
    _ jobs: Int, seed: UInt64, order: NoisyMachine.Order = .drawn, statistic: String = "median",
    ratios: ((inout NoisyMachine) -> [Double])? = nil
  ) -> Int {
    let policy = GatePolicy()
    let judge = GateJudge(policy: policy, family: 10)
    var machine = NoisyMachine(seed: seed)
    let reduced = GateStatistic(name: statistic) ?? .p95
    var failed = 0
    for _ in 0..<jobs {
      var fails = false
      for _ in 0..<10 {
        let verdict: GateVerdict
        if let ratios {
          verdict =
            judge.verdict(
              of: ratios(&machine), margins: .points, failThreshold: judge.failThreshold,
              canPass: true
            ).verdict
        } else {
          let source = (0..<policy.pairsMax).lazy.compactMap { index in
            machine.pair(index, order: order).logRatio(reduced)
          }
          verdict =
            judge.verdict(
              of: source, margins: .points, failThreshold: judge.failThreshold, canPass: true
            ).verdict
        }
        fails = fails || verdict == .fail
      }
      if fails { failed += 1 }
    }
    return failed
  }

  /// At most 1% of jobs may fail: of 60, 4 or more happen once in 300 such tests.
  @Test(arguments: ["median", "minimum", "p10", "mean"])
  func theProtocolKeepsItsPromise(statistic: String) {
    let seed: UInt64 = 21
    let failed = Self.jobsFailed(60, seed: seed, statistic: statistic)
    #expect(failed <= 3, "seed \(seed), \(statistic): \(failed) of 60 jobs")
  }

  /// The second sample of a round runs on a warmer machine: 4% slower by that alone.
  @Test func baseAlwaysFirstFailsEqualPrograms() {
    let seed: UInt64 = 22
    let failed = Self.jobsFailed(10, seed: seed, order: .baseFirst)
    #expect(failed >= 5, "seed \(seed): \(failed) of 10 jobs")
  }

  /// The later half of a pair runs on a machine that has drifted by 4.8%.
  @Test func oneAfterTheOtherFailsEqualPrograms() {
    let seed: UInt64 = 23
    let failed = Self.jobsFailed(10, seed: seed, order: .oneAfterTheOther)
    #expect(failed >= 5, "seed \(seed): \(failed) of 10 jobs")
  }

  /// Rounds of one launch pair share what the two processes got for their lives; pairs do not.
  @Test func samplesOfOneLaunchAreNoPairs() {
    let seed: UInt64 = 24
    let failed = Self.jobsFailed(20, seed: seed) { machine in
      (machine.between, machine.heating) = (0.03, 0)
      let pair = machine.pair(0, rounds: 80)
      return zip(pair.base, pair.candidate).map { log($1 / $0) }
    }
    #expect(failed >= 15, "seed \(seed): \(failed) of 20 jobs")
    let right = Self.jobsFailed(20, seed: seed) { machine in
      (machine.between, machine.heating) = (0.03, 0)
      return (0..<80).compactMap { machine.pair($0, rounds: 4).logRatio(.launch(.median)) }
    }
    #expect(right <= 1, "seed \(seed): \(right) of 20 jobs")
  }

  /// The usual tests take the samples of one launch for independent too.
  @Test func usualTestsFailEqualProgramsFarTooOften() throws {
    let seed: UInt64 = 25
    var machine = NoisyMachine(seed: seed)
    var alarms = (mannWhitney: 0, welch: 0)
    for index in 0..<200 {
      let pair = machine.pair(index)
      let mannWhitney = try #require(MannWhitney(pair.base, pair.candidate))
      let welch = try #require(WelchTest(pair.base, pair.candidate))
      if mannWhitney.pValue < 0.05 { alarms.mannWhitney += 1 }
      if welch.pValue < 0.05 { alarms.welch += 1 }
    }
    // 5% would be 10.
    #expect(alarms.mannWhitney > 50 && alarms.welch > 30, "seed \(seed): \(alarms)")
  }

  /// A candidate of the same middle and another jitter: the median does not fail it; low percentiles take
  /// less jitter for slowness, so they are for sides that vary alike.
  @Test func jitterAloneMovesLowPercentilesOnly() {
    let seed: UInt64 = 26
    func failed(_ statistic: LaunchStatistic, base: Double, candidate: Double) -> Int {
      var machine = NoisyMachine(seed: seed)
      (machine.between, machine.heating, machine.drifting) = (0.005, 0, 0)
      machine.jitter = base
      let judge = GateJudge(policy: GatePolicy(), family: 10)
      return (0..<60).count { _ in
        let source = (0..<80).lazy.compactMap { index in
          machine.pair(index, candidateJitter: candidate).logRatio(.launch(statistic))
        }
        return judge.verdict(
          of: source, margins: .points, failThreshold: judge.failThreshold, canPass: true
        ).verdict == .fail
      }
    }
    for statistic in [LaunchStatistic.median, .mean, .p25, .p10, .minimum] {
      let more = failed(statistic, base: 0.02, candidate: 0.04)
      #expect(more == 0 || statistic == .mean, "seed \(seed): more jitter, \(statistic): \(more)")
    }
    #expect(failed(.median, base: 0.04, candidate: 0.02) == 0, "seed \(seed)")
    #expect(failed(.minimum, base: 0.04, candidate: 0.02) >= 30, "seed \(seed)")
  }
}
