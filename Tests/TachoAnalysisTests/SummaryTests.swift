// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

@Suite struct SummaryTests {
  /// Expected values from numpy 2.4.6: `np.percentile(a, q)` (default method), `np.std(a, ddof=1)`.
  @Test func agreesWithNumpy() throws {
    let summary = try #require(Summary(of: [3.5, 1.25, 9.0, 4.75, 2.0, 8.5, 6.25]))
    let expected = [
      (0.0, 1.25), (2.5, 1.3625), (25, 2.75), (50, 4.75), (75, 7.375), (90, 8.7),
      (99, 8.969999999999999), (100, 9.0),
    ]
    for (p, value) in expected {
      #expect(abs(summary.percentile(p) - value) < 1e-12, "p\(p)")
    }
    #expect(abs(summary.mean - 5.035714285714286) < 1e-12)
    #expect(abs((summary.standardDeviation ?? 0) - 3.0325613879076827) < 1e-12)
    #expect(summary.median == 4.75)
    #expect(summary.minimum == 1.25)
    #expect(summary.maximum == 9)
    // |x - 4.75| sorted: 0, 1.25, 1.5, 2.75, 3.5, 3.75, 4.25.
    #expect(summary.mad == 2.75)

    let four = try #require(Summary(of: [0.1, 0.2, 0.4, 0.8]))
    let values = [(10.0, 0.13), (33, 0.199), (50, 0.3), (66.6, 0.3996), (95, 0.74)]
    for (p, value) in values {
      #expect(abs(four.percentile(p) - value) < 1e-12, "p\(p)")
    }
  }

  @Test func fewValues() throws {
    #expect(Summary(of: []) == nil)
    #expect(Summary(of: [1, .nan]) == nil)
    #expect(Summary(of: [1, .infinity]) == nil)
    let one = try #require(Summary(of: [4]))
    #expect(one.standardDeviation == nil)
    #expect(one.interval == nil)
    #expect(one.relativeHalfWidth == nil)
    #expect(one.percentile(99) == 4)
    #expect(one.percentile(-.infinity) == 4)
    #expect(Summary(of: [4, 5])?.interval == nil)
    #expect(Summary(of: [4, 5, 6])?.interval == 4...6)
    #expect(Summary(ofLaunches: []) == nil)
    #expect(Summary(ofLaunches: [[], []]) == nil)
    #expect(Summary(ofLaunches: [[1], [2]])?.interval == nil)
  }

  @Test func equalValuesHaveNoSpread() throws {
    let summary = try #require(Summary(of: Array(repeating: 0.1, count: 9)))
    #expect(summary.mean == 0.1)
    #expect(summary.standardDeviation == 0)
    #expect(summary.mad == 0)
    #expect(summary.interval == 0.1...0.1)
    #expect(summary.relativeHalfWidth == 0)
    let zeros = try #require(Summary(of: [0, 0, 0]))
    #expect(zeros.relativeHalfWidth == nil)
  }

  @Test func sameSeedSameInterval() throws {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<24).map { _ in generator.normal() }
    #expect(Summary(of: values, seed: 5)?.interval == Summary(of: values, seed: 5)?.interval)
    #expect(Summary(of: values)?.interval == Summary(of: values.reversed())?.interval)
    let launches = [Array(values[..<12]), Array(values[12...])]
    #expect(
      Summary(ofLaunches: launches)?.interval == Summary(ofLaunches: launches)?.interval)
    #expect(Summary(ofLaunches: [values])?.interval == Summary(of: values)?.interval)
  }

  /// Units must not matter: scaling every value scales every figure and leaves the relative width.
  @Test(arguments: [UInt64(11), 12, 13]) func scaleEquivariance(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<15).map { _ in 5 + generator.normal() }
    let launches = [Array(values[..<5]), Array(values[5..<10]), Array(values[10...])]
    // A power of two, so that the arithmetic is exact.
    let factor = 1024.0
    let pairs = [
      (Summary(of: values), Summary(of: values.map { $0 * factor })),
      (
        Summary(ofLaunches: launches),
        Summary(ofLaunches: launches.map { $0.map { $0 * factor } })
      ),
    ]
    for (plain, scaled) in pairs {
      let plain = try #require(plain, "seed \(seed)")
      let scaled = try #require(scaled, "seed \(seed)")
      #expect(scaled.median == plain.median * factor, "seed \(seed)")
      #expect(scaled.mad == plain.mad * factor, "seed \(seed)")
      #expect(scaled.standardDeviation == plain.standardDeviation.map { $0 * factor })
      #expect(scaled.interval?.lowerBound == plain.interval.map { $0.lowerBound * factor })
      #expect(scaled.interval?.upperBound == plain.interval.map { $0.upperBound * factor })
      #expect(scaled.relativeHalfWidth == plain.relativeHalfWidth, "seed \(seed)")
    }
  }

  /// The shortcuts (summed up to 100 values, Beta numbers beyond) must be the bootstrap: compare with
  /// resampling ranks outright.
  @Test(arguments: [5, 6, 9, 12, 100, 101, 120]) func shortcutEqualsPlainResampling(n: Int) throws {
    let seed: UInt64 = 21
    var generator = SeededGenerator(seed: seed)
    let values = (0..<n).map { _ in exp(generator.normal()) }.sorted()
    let medians = (0..<(n > 50 ? 3_000 : 8_000)).map { _ -> Double in
      let draw = (0..<n).map { _ in values[generator.index(below: n)] }.sorted()
      return (draw[(n - 1) / 2] + draw[n / 2]) / 2
    }.sorted()
    let interval = try #require(Summary(of: values)?.interval)
    // The ends are themselves estimates: accept the plain bootstrap's 1.7% to 3.4% percentiles.
    let low =
      Percentile.value(1.7, ofSorted: medians)...Percentile.value(3.4, ofSorted: medians)
    let high =
      Percentile.value(96.6, ofSorted: medians)...Percentile.value(98.3, ofSorted: medians)
    #expect(low.contains(interval.lowerBound), "n \(n), seed \(seed)")
    #expect(high.contains(interval.upperBound), "n \(n), seed \(seed)")
  }

  /// Coverage of the true median on simulated data: near 95% from n = 10, and honest figures below.
  @Test(arguments: [(3, 0.75), (5, 0.94), (10, 0.95), (30, 0.94)])
  func coverage(n: Int, expected: Double) {
    let seed: UInt64 = 42
    var generator = SeededGenerator(seed: seed)
    let trials = 200
    var normal = 0
    var lognormal = 0
    for trial in 0..<trials {
      let values = (0..<n).map { _ in generator.normal() }
      let plain = Summary(of: values, seed: UInt64(trial))
      if let interval = plain?.interval, interval.contains(0) { normal += 1 }
      let skewed = Summary(of: values.map { exp($0 + 1) }, seed: UInt64(trial))
      if let interval = skewed?.interval, interval.contains(exp(1)) { lognormal += 1 }
    }
    // Three standard errors of a share estimated from this many trials.
    let tolerance = 3 * (expected * (1 - expected) / Double(trials)).squareRoot()
    #expect(abs(Double(normal) / Double(trials) - expected) < tolerance, "n \(n), seed \(seed)")
    #expect(abs(Double(lognormal) / Double(trials) - expected) < tolerance, "n \(n), seed \(seed)")
  }

  /// When launches differ, ignoring them promises far too much; resampling them does not.
  @Test func launchesThatDifferWidenTheInterval() {
    let seed: UInt64 = 9
    var generator = SeededGenerator(seed: seed)
    var held = (twoLevel: 0, oneLevel: 0)
    let trials = 60
    for trial in 0..<trials {
      let launches = (0..<5).map { _ -> [Double] in
        let centre = generator.normal()
        return (0..<6).map { _ in centre + 0.5 * generator.normal() }
      }
      let two = Summary(ofLaunches: launches, seed: UInt64(trial))
      if let interval = two?.interval, interval.contains(0) { held.twoLevel += 1 }
      let one = Summary(of: launches.flatMap { $0 }, seed: UInt64(trial))
      if let interval = one?.interval, interval.contains(0) { held.oneLevel += 1 }
    }
    #expect(held.twoLevel > trials * 3 / 4, "seed \(seed): \(held) of \(trials)")
    #expect(held.oneLevel < trials * 3 / 4, "seed \(seed): \(held) of \(trials)")
  }
}
