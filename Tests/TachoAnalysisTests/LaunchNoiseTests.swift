// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What is said of noise: within and between launches, along a series, for a comparison.
@Suite struct LaunchNoiseTests {
  @Test func adjustmentsAgreeWithStatsmodels() throws {
    for entry in try GoldenStatistics.read().adjustments {
      for (ours, theirs) in zip(Holm.adjusted(entry.p), entry.holm) {
        #expect(GoldenStatistics.agree(ours, theirs, within: 1e-14), "\(entry.p)")
      }
      for (ours, theirs) in zip(BenjaminiHochberg.adjusted(entry.p), entry.benjaminiHochberg) {
        #expect(GoldenStatistics.agree(ours, theirs, within: 1e-14), "\(entry.p)")
      }
    }
    #expect(Holm.adjusted([]) == [] && BenjaminiHochberg.adjusted([]) == [])
    // By hand: 3 x 0.01, 2 x 0.02, 1 x 0.03 made monotone; 3 x 0.01, 3/2 x 0.02, 0.03.
    #expect(Holm.adjusted([0.03, 0.01, 0.02]) == [0.04, 0.03, 0.04])
    #expect(BenjaminiHochberg.adjusted([0.03, 0.01, 0.02]) == [0.03, 0.03, 0.03])
  }

  @Test func effectiveSizeAgreesWithItsDefinition() throws {
    for entry in try GoldenStatistics.read().series {
      let size = try #require(EffectiveSampleSize(entry.values)).size
      #expect(GoldenStatistics.agree(size, entry.size, within: 1e-9), "\(entry.values.count)")
    }
    #expect(EffectiveSampleSize([1, 2, 3]) == nil && EffectiveSampleSize([1, 2, 3, .nan]) == nil)
    #expect(EffectiveSampleSize([2, 2, 2, 2])?.size == 4)
  }

  /// An AR(1) series of n is worth n (1 - rho) / (1 + rho) independent samples.
  @Test(arguments: [-0.5, 0, 0.3, 0.6, 0.9]) func effectiveSizeOfAutoregression(rho: Double) throws
  {
    let seed: UInt64 = 31
    var generator = SeededGenerator(seed: seed)
    let n = 6_000
    var sizes: [Double] = []
    for _ in 0..<5 {
      var last = generator.normal() / (1 - rho * rho).squareRoot()
      let series = (0..<n).map { _ in
        last = rho * last + generator.normal()
        return last
      }
      sizes.append(try #require(EffectiveSampleSize(series)).size)
    }
    let expected = Double(n) * (1 - rho) / (1 + rho)
    let median = Percentile.value(50, ofSorted: sizes.sorted())
    #expect(abs(median / expected - 1) < 0.2, "seed \(seed), rho \(rho): \(median), \(expected)")
  }

  @Test func componentsAgreeWithAnalysisOfVariance() throws {
    for entry in try GoldenStatistics.read().components {
      let components = try #require(VarianceComponents(launches: entry.launches))
      #expect(GoldenStatistics.agree(components.within, entry.within, within: 1e-9))
      #expect(abs(components.between - entry.between) < 1e-9)
      #expect(abs((components.share ?? -1) - entry.share) < 1e-9)
    }
    #expect(VarianceComponents(launches: [[1, 2, 3]]) == nil)
    #expect(VarianceComponents(launches: [[1], [2], []]) == nil)
    #expect(VarianceComponents(launches: [[1, 2], [0, 1]]) == nil)
    #expect(VarianceComponents(launches: [[2, 2], [2, 2]])?.share == nil)
  }

  /// The estimators hit what was simulated, on average, whatever the unit.
  @Test(arguments: [(0.05, 0.02), (0.0, 0.04), (0.03, 0.03)])
  func componentsOfSimulatedLaunches(between: Double, within: Double) throws {
    let seed: UInt64 = 12
    var generator = SeededGenerator(seed: seed)
    var sums = (between: 0.0, within: 0.0)
    let trials = 60
    for _ in 0..<trials {
      let launches = (0..<12).map { _ -> [Double] in
        let centre = between * generator.normal()
        return (0..<(2 + generator.index(below: 12))).map { _ in
          1e-6 * exp(centre + within * generator.normal())
        }
      }
      let components = try #require(VarianceComponents(launches: launches))
      sums.between += components.between * components.between
      sums.within += components.within * components.within
    }
    let found = (sums.between / Double(trials), sums.within / Double(trials))
    #expect(abs(found.1 / (within * within) - 1) < 0.1, "seed \(seed): \(found)")
    #expect(
      abs(found.0 - between * between) < 0.15 * between * between + 0.05 * within * within,
      "seed \(seed): \(found)")
  }

  @Test func outliersAreBeyondTenDeviations() throws {
    // Median 5, absolute deviations 0 to 4 about it: MAD 2, bound 29.652.
    let rule = try #require(OutlierRule(of: [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    #expect(rule.median == 5 && rule.mad == 2)
    #expect(!rule.isOutlier(34.6) && rule.isOutlier(34.7) && rule.isOutlier(-24.7))
    #expect(OutlierRule(of: [3, 3, 3, 4])?.isOutlier(100) == false)
    #expect(OutlierRule(of: []) == nil)
    let launches = [[1, 1.01, 0.99, 1.02], [1.01, 0.98, 1, 9]]
    #expect(VarianceComponents(launches: launches)?.outlierShare == 1.0 / 8)
  }

  @Test func statisticsAgreeWithNumpy() throws {
    struct Expected: Decodable { let launchStatistics: [String: Figure] }
    enum Figure: Decodable {
      case values([Double]), value(Double)
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
          self = .value(value)
        } else {
          self = .values(try container.decode([Double].self))
        }
      }
    }
    let golden = try JSONDecoder().decode(Expected.self, from: try GoldenStatistics.data())
      .launchStatistics
    guard case .values(let values) = golden["values"] else {
      Issue.record("no values")
      return
    }
    for statistic in LaunchStatistic.allCases {
      guard case .value(let expected) = golden[statistic.rawValue] else {
        Issue.record("nothing expected for \(statistic)")
        continue
      }
      #expect(GoldenStatistics.agree(statistic.value(of: values), expected), "\(statistic)")
      #expect(statistic.value(of: []) == nil && statistic.value(of: [1, .nan]) == nil)
    }
    let ratios = LaunchStatistic.median.logRatios(ofPairs: [([1], [2]), ([], [1]), ([-1], [1])])
    #expect(ratios == [log(2)])
  }

  /// Low percentiles win where bursts slow a part of the samples; on clean noise they do not.
  @Test(arguments: [true, false]) func tightestStatisticFollowsTheNoise(bursts: Bool) throws {
    let seed: UInt64 = 4
    var generator = SeededGenerator(seed: seed)
    let launches = (0..<40).map { _ -> [Double] in
      let share = bursts ? generator.uniform() : 0
      return (0..<40).map { _ in
        let slow = generator.uniform() < share ? 1 + generator.uniform() : 1
        return slow * exp(0.01 * generator.normal())
      }
    }
    let result = try #require(TightestStatistic(launches: launches))
    #expect(result.spreads.map(\.statistic) == LaunchStatistic.allCases)
    for spread in result.spreads {
      #expect(spread.interval.contains(spread.robust), "seed \(seed): \(spread)")
    }
    if bursts {
      #expect([.minimum, .p10].contains(result.tightest), "seed \(seed): \(result)")
    } else {
      #expect(![.minimum, .p10].contains(result.tightest), "seed \(seed): \(result)")
    }
    #expect(result.confidence > 0.25 && result.confidence <= 1)
    let scaled = TightestStatistic(launches: launches.map { $0.map { $0 * 1024 } })
    #expect(scaled?.tightest == result.tightest)
    #expect(TightestStatistic(launches: [[1], [2]]) == nil)
    #expect(TightestStatistic(launches: [[1], [2], [0]]) == nil)
    #expect(TightestStatistic(launches: launches, among: []) == nil)
  }
}
