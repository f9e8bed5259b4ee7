// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

@Suite struct PercentileTests {
  /// Values by numpy's `percentile`, intervals by scipy's `quantile_test`.
  @Test func agreesWithNumpyAndScipy() throws {
    let golden = try GoldenStatistics.read().percentiles
    for entry in golden.cases {
      let values = try #require(golden.samples[entry.sample])
      let value = Percentile.value(entry.p, ofSorted: values.sorted())
      #expect(GoldenStatistics.agree(value, entry.value, within: 1e-13), "\(entry)")
      guard entry.p > 0, entry.p < 100, values.count > 1 else { continue }
      let percentile = try #require(Percentile(entry.p, of: values))
      #expect(percentile.lower == entry.low, "\(entry)")
      #expect(percentile.upper == entry.high, "\(entry)")
      #expect(percentile.count == values.count && percentile.value == value)
    }
  }

  @Test func tooFewForAFarPercentile() {
    let values = (1...999).map(Double.init)
    #expect(Percentile.fewest(99) == 100 && Percentile.fewest(99.9) == 1000)
    #expect(Percentile.fewest(1) == 100 && Percentile.fewest(95) == 20)
    #expect(Percentile.fewest(50) == 2 && Percentile.fewest(100) == nil)
    #expect(
      Percentile.reading(99, of: Array(values[..<99]))
        == .unavailable(
          "p99 needs at least 100 values, there are 99; take more samples, or read it with its"
            + " interval"))
    #expect(Percentile.reading(99, of: Array(values[..<100])) == .value(99.01))
    #expect(Percentile.reading(99.9, of: values).number == nil)
    #expect(Percentile.reading(99.9, of: values + [1000]).number != nil)
    #expect(Percentile.reading(50, of: [1, .nan]).number == nil)
    #expect(Percentile.reading(100, of: values).number == nil)
    // With its interval it says itself what it does not know.
    let few = Percentile(99, of: Array(values[..<50]))
    #expect(few?.lower != nil && few?.upper == nil)
    #expect(Percentile(99, of: []) == nil && Percentile(0, of: [1]) == nil)
    #expect(Percentile(50, of: [.infinity]) == nil)
  }

  /// The interval holds the true percentile of a skewed distribution at least as often as it says.
  @Test(arguments: [(10.0, 60), (50.0, 15), (90.0, 60), (99.0, 400)])
  func coverage(p: Double, count: Int) {
    let seed: UInt64 = 77
    var generator = SeededGenerator(seed: seed)
    let truth = exp(NormalDistribution.quantile(p / 100))
    let trials = 400
    var held = 0
    for _ in 0..<trials {
      let values = (0..<count).map { _ in exp(generator.normal()) }
      let percentile = Percentile(p, of: values)
      if (percentile?.lower ?? -.infinity) <= truth, truth <= (percentile?.upper ?? .infinity) {
        held += 1
      }
    }
    // Three standard errors below 95%.
    #expect(Double(held) / Double(trials) > 0.95 - 0.033, "seed \(seed): \(held) of \(trials)")
  }
}
