// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord
import TachoRun
import Testing

/// Warm-up, stopping and contamination rules on scripted numbers.
@Suite struct RuleTests {
  /// The times a rule drops from the front of a sequence.
  func dropped(_ rule: WarmupRule, _ times: [Double]) -> [Double] {
    var dropped: [Double] = []
    for time in times {
      guard rule.drops(time, after: dropped) else { break }
      dropped.append(time)
    }
    return dropped
  }

  @Test func warmupDropsWhileTimesFall() {
    let rule = WarmupRule(minimum: 1, maximum: 5)
    #expect(dropped(rule, [10, 5, 5, 5]) == [10, 5])
    #expect(dropped(rule, [5, 5, 5]) == [5])
    #expect(dropped(rule, [5, 4.95, 4.9]) == [5])
    #expect(dropped(rule, [9, 8, 7, 6, 5, 4, 3]) == [9, 8, 7, 6, 5])
    #expect(dropped(rule, [5, 6, 4, 4]) == [5])
    #expect(dropped(WarmupRule(minimum: 3, maximum: 3), [1, 2, 3, 0.1]) == [1, 2, 3])
    #expect(dropped(WarmupRule(minimum: 0, maximum: 0), [1, 2]) == [])
    #expect(dropped(WarmupRule(minimum: 0, maximum: 5), [5, 1]) == [])
    #expect(dropped(WarmupRule(minimum: 2, maximum: 1), [5, 1, 0.2]) == [5, 1])
  }

  /// On stationary noise few samples are lost beyond the minimum: on average less than one.
  @Test(arguments: [UInt64(1), 2, 3]) func warmupOnNoise(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rule = WarmupRule(minimum: 1, maximum: 5)
    var lost = 0
    for _ in 0..<500 {
      lost += dropped(rule, (0..<8).map { _ in 1 + 0.02 * random.normal() }).count - 1
    }
    #expect(lost < 250, "seed \(seed): \(lost) of 500 runs' samples lost")
  }

  func verdict(_ policy: MeasurementPolicy, _ values: [Double], elapsed: Double = 0) -> String? {
    StopRule(policy).verdict(
      values: values, measuredSeconds: values.reduce(0, +), elapsedSeconds: elapsed)
  }

  @Test func stopsWhenTheIntervalIsNarrow() {
    let policy = MeasurementPolicy(samplesMin: 5, samplesMax: 20)
    #expect(verdict(policy, []) == nil)
    #expect(verdict(policy, [1, 1, 1, 1]) == nil)
    #expect(
      verdict(policy, [1, 1, 1, 1, 1])
        == "5 samples: interval ±0% of the median, within ±2%")
    #expect(verdict(policy, [1, 2, 1, 2, 1, 2]) == nil)
  }

  @Test func stopsAtTheMaxima() {
    var policy = MeasurementPolicy(samplesMin: 2, samplesMax: 4, secondsMax: 10)
    #expect(verdict(policy, [1, 2, 1]) == nil)
    #expect(verdict(policy, [1, 2, 1, 2])?.hasPrefix("4 samples: the most asked for; int") == true)
    #expect(verdict(policy, [1], elapsed: 11) == nil)
    #expect(
      verdict(policy, [1, 2], elapsed: 11) == "2 samples: the time of 10 s is used up")
    // A contradictory policy ends: the most is the most.
    policy.samplesMin = 9
    #expect(verdict(policy, [1, 2, 1, 2]) != nil)
  }

  @Test func measuredTimeHasAMinimum() {
    let policy = MeasurementPolicy(samplesMin: 3, secondsMin: 5, samplesMax: 50)
    #expect(verdict(policy, [1, 1, 1, 1]) == nil)
    #expect(verdict(policy, [1, 1, 1, 1, 1]) != nil)
  }

  @Test func fixedCountsIgnoreTheInterval() {
    let policy = MeasurementPolicy.fixed(5, warmup: 1)
    #expect(verdict(policy, [1, 1, 1, 1], elapsed: 1e9) == nil)
    #expect(verdict(policy, [1, 1, 1, 1, 1]) == "5 samples: the most asked for")
  }

  /// Noise that stays what it is ends a run that asks for more than it can give, not before 65 samples
  /// and not while the times drift.
  @Test(arguments: [UInt64(1), 2, 3]) func stopsAtStationaryNoise(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var policy = MeasurementPolicy(
      samplesMin: 5, relativeHalfWidth: 0.001, samplesMax: 2_000, secondsMax: 1e9)
    var steady: [Double] = []
    var drifting: [Double] = []
    var ended: (count: Int, reason: String)?
    for count in 1...600 {
      steady.append(1 + 0.2 * random.normal())
      drifting.append(steady[count - 1] * (1 + Double(count) / 50))
      #expect(verdict(policy, drifting) == nil, "seed \(seed): after \(count)")
      if ended == nil, let reason = verdict(policy, steady) { ended = (count, reason) }
    }
    let (count, reason) = try #require(ended)
    #expect((65...300).contains(count), "seed \(seed): \(count)")
    #expect(
      reason.hasPrefix("\(count) samples: inherently noisy, a standard deviation of "), "\(reason)")
    #expect(reason.hasSuffix("% of the median, wanted ±0.1%"), "\(reason)")
    // The least measured time comes first, and an exact count asks for no interval.
    policy.secondsMin = 1e6
    #expect(verdict(policy, Array(steady[..<count])) == nil)
    policy.secondsMin = 0
    policy.relativeHalfWidth = 0
    #expect(verdict(policy, Array(steady[..<count])) == nil)
  }

  /// Every sequence ends, between the minimum and the maximum unless time runs out.
  @Test(arguments: 1...50) func alwaysEnds(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let policy = MeasurementPolicy(
      samplesMin: 1 + random.index(below: 6), secondsMin: random.uniform() * 4,
      relativeHalfWidth: random.uniform() * 0.1, samplesMax: 6 + random.index(below: 20),
      secondsMax: random.uniform() * 30)
    var values: [Double] = []
    while verdict(policy, values, elapsed: values.reduce(0, +)) == nil {
      values.append(random.uniform() + 0.5)
      if values.count > 100 { break }
    }
    #expect((policy.samplesMin...policy.samplesMax).contains(values.count), "seed \(seed)")
  }

  @Test func contaminationThresholds() {
    func flag(
      steal: Double = 0, pressure: Double = 0, switches: Int = 0, threads: Int = 1, wall: Double = 1
    ) -> String? {
      EnvironmentSentinel.flag(
        before: EnvironmentReading(
          stealSeconds: 5, pressureSeconds: 7, involuntarySwitches: 100, threads: threads),
        after: EnvironmentReading(
          stealSeconds: 5 + steal, pressureSeconds: 7 + pressure,
          involuntarySwitches: 100 + switches, threads: threads), wallSeconds: wall)
    }
    #expect(flag() == nil)
    #expect(flag(steal: 0.01, wall: 1.01) == nil)
    #expect(flag(steal: 0.02) == "steal 2.0% of the sample's time")
    #expect(flag(pressure: 0.04) == nil)
    #expect(flag(pressure: 0.06) == "cpu pressure 6.0% of the sample's time")
    #expect(flag(switches: 50) == nil && flag(switches: 51) == "51 involuntary switches")
    #expect(flag(switches: 99, threads: 2) == nil && flag(switches: 101, threads: 2) != nil)
    #expect(flag(switches: 4, wall: 0.001) == nil && flag(switches: 5, wall: 0.001) != nil)
    #expect(flag(steal: 1, wall: 0) == nil)
    // What cannot be read flags nothing.
    #expect(
      EnvironmentSentinel.flag(
        before: EnvironmentReading(), after: EnvironmentReading(stealSeconds: 9), wallSeconds: 1)
        == nil)
  }
}
