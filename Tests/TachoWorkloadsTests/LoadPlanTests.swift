// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import Testing

@testable import TachoWorkloads

/// Arrivals and lengths have the distributions they are named after.
@Suite struct LoadPlanTests {
  private static func moments(_ values: [Double]) -> (mean: Double, cv: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance.squareRoot() / mean)
  }

  private static func gaps(_ name: String, burstiness: Double, seed: UInt64) throws -> [Double] {
    let process = try ArrivalProcesses.all.make(name)(burstiness)
    let times = ArrivalSchedule.open(process, count: 20_000, rate: 4, ramp: 0, seed: seed)
    #expect(times == times.sorted() && (times.first ?? -1) >= 0)
    return zip([0] + times, times).map { $1 - $0 }
  }

  /// Gamma gaps of shape k have a coefficient of variation of 1 / sqrt(k).
  @Test(arguments: [
    ("constant", 1.0, 0.0), ("poisson", 1, 1), ("gamma", 1, 1), ("gamma", 0.25, 2),
    ("gamma", 16, 0.25),
  ])
  func gapsHaveMeanAndVariation(_ name: String, _ burstiness: Double, _ cv: Double) throws {
    for seed: UInt64 in [1, 2, 3] {
      let found = Self.moments(try Self.gaps(name, burstiness: burstiness, seed: seed))
      #expect(abs(found.mean - 0.25) < 0.25 * 0.06, "\(name) \(burstiness) seed \(seed)")
      #expect(abs(found.cv - cv) < 0.08 * max(cv, 0.01), "\(name) \(burstiness) seed \(seed)")
    }
  }

  /// Exponential gaps: one in e^2 is longer than twice the mean, and no run is steered to its end.
  @Test func poissonIsPoisson() throws {
    let gaps = try Self.gaps("poisson", burstiness: 1, seed: 4)
    let long = Double(gaps.filter { $0 > 0.5 }.count) / Double(gaps.count)
    #expect(abs(long - 0.1353) < 0.01)
    let ends = try (1...200).map { seed in
      let process = try ArrivalProcesses.all.make("poisson")(1)
      return ArrivalSchedule.open(process, count: 100, rate: 1, ramp: 0, seed: UInt64(seed))[99]
    }
    // The hundredth arrival: mean 100, standard deviation 10.
    let found = Self.moments(ends)
    #expect(abs(found.mean - 100) < 3 && abs(found.cv - 0.1) < 0.02, "\(found)")
  }

  @Test func seedsChangeArrivals() throws {
    let make = try ArrivalProcesses.all.make("poisson")
    func times(_ seed: UInt64) -> [Double] {
      ArrivalSchedule.open(make(1), count: 10, rate: 1, ramp: 0, seed: seed)
    }
    #expect(times(1) == times(1) && times(1) != times(2))
  }

  /// A rate of 10 a second reached after 4 s: 20 arrivals in the ramp, then 10 a second.
  @Test func rampsGrowLinearly() {
    let times = ArrivalSchedule.open(
      ConstantArrivals(), count: 60, rate: 10, ramp: 4, seed: 1)
    #expect(abs(times[19] - 4) < 1e-9)
    // A quarter of them in the first half.
    #expect(abs(times[4] - 2) < 1e-9)
    #expect(abs(times[59] - 8) < 1e-9)
    #expect(ArrivalSchedule.closed(concurrency: 4, ramp: 2) == [0, 0.5, 1, 1.5])
    #expect(ArrivalSchedule.closed(concurrency: 3, ramp: 0) == [0, 0, 0])
  }

  private static func lengths(
    _ settings: [String: ConfigurationValue], seed: UInt64 = 1
  ) throws -> [Int] {
    let configuration = Configuration(settings)
    #expect(LengthDistribution.complaint(about: configuration, "prompt") == nil)
    let distribution = LengthDistribution(
      try Settings(configuration, knobs: LengthDistribution.knobs("prompt", "prompt")), "prompt")
    var random = RandomSource(seed: seed)
    return (0..<20_000).map { _ in distribution.next(&random) }
  }

  @Test func lengthDistributions() throws {
    #expect(Set(try Self.lengths(["workload.prompt_tokens": 7])) == [7])
    let uniform = try Self.lengths([
      "workload.prompt_distribution": "uniform", "workload.prompt_min": 10,
      "workload.prompt_max": 19,
    ])
    #expect(Set(uniform) == Set(10...19))
    for length in 10...19 {
      let share = Double(uniform.filter { $0 == length }.count) / 20_000
      #expect(abs(share - 0.1) < 0.01)
    }
    let lognormal = Self.moments(
      try Self.lengths([
        "workload.prompt_distribution": "lognormal", "workload.prompt_tokens": 500,
        "workload.prompt_cv": 0.8,
      ]).map(Double.init))
    #expect(abs(lognormal.mean - 500) < 15 && abs(lognormal.cv - 0.8) < 0.06, "\(lognormal)")
    let bounded = try Self.lengths([
      "workload.prompt_distribution": "lognormal", "workload.prompt_tokens": 500,
      "workload.prompt_cv": 2.0, "workload.prompt_min": 100, "workload.prompt_max": 700,
    ])
    #expect(bounded.min() == 100 && bounded.max() == 700)
  }

  @Test func senselessLengthsAreRefused() {
    let cases: [([String: ConfigurationValue], String)] = [
      ([:], "prompt_tokens is 0"),
      (["tokens": 5, "max": 9], "prompt_max changes nothing"),
      (["distribution": "uniform"], "prompt_max"),
      (["distribution": "uniform", "min": 9, "max": 8], "below"),
      (["distribution": "uniform", "max": 8, "tokens": 4], "prompt_tokens changes nothing"),
      (["distribution": "lognormal"], "mean"),
      (["distribution": "lognormal", "tokens": 5, "min": 9, "max": 8], "below"),
    ]
    for (settings, words) in cases {
      let configuration = Configuration(
        Dictionary(uniqueKeysWithValues: settings.map { ("workload.prompt_\($0)", $1) }))
      let complaint = LengthDistribution.complaint(about: configuration, "prompt")
      #expect(complaint?.contains(words) == true, "\(settings): \(complaint ?? "taken")")
    }
  }
}
