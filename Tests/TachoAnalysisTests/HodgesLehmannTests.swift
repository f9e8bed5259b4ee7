// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

@Suite struct HodgesLehmannTests {
  /// Every pair written down and counted with integers.
  @Test func agreesWithEnumeration() throws {
    let golden = try GoldenStatistics.read().hodgesLehmann
    for entry in golden.oneSample {
      let result = try #require(HodgesLehmann(entry.x))
      #expect(GoldenStatistics.agree(result.estimate, entry.centre, within: 1e-15))
      #expect(
        result.interval.map { [$0.lowerBound, $0.upperBound] } == entry.interval,
        "\(entry.x.count) values")
    }
    for entry in golden.twoSample {
      let result = try #require(HodgesLehmann(shiftFrom: entry.x, to: entry.y))
      #expect(GoldenStatistics.agree(result.estimate, entry.shift, within: 1e-15))
      #expect(
        result.interval.map { [$0.lowerBound, $0.upperBound] } == entry.interval,
        "\(entry.x.count) and \(entry.y.count) values")
    }
  }

  @Test func byHand() {
    // Walsh averages of 1, 2, 9: 1, 1.5, 2, 5, 5.5, 9.
    #expect(HodgesLehmann([9, 1, 2])?.estimate == 3.5)
    #expect(HodgesLehmann([-2, 2])?.estimate == 0)
    #expect(HodgesLehmann([4])?.estimate == 4 && HodgesLehmann([4])?.interval == nil)
    #expect(HodgesLehmann([-5, -5, -5])?.estimate == -5)
    #expect(HodgesLehmann(shiftFrom: [1, 2], to: [10, 20])?.estimate == 13.5)
    #expect(HodgesLehmann([]) == nil && HodgesLehmann([.nan]) == nil)
    #expect(HodgesLehmann(shiftFrom: [1], to: []) == nil)
    #expect(HodgesLehmann([1, 2, 3, 4, 5])?.interval == nil)
    #expect(HodgesLehmann([1, 2, 3, 4, 5, 6])?.interval == 1...6)
  }

  /// The interval by inverting the test must be what the test says: a value inside is not rejected, one
  /// outside is.
  @Test(arguments: 1...10) func intervalInvertsTheTest(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let x = (0..<(6 + generator.index(below: 20))).map { _ in generator.normal() }
    let interval = try #require(HodgesLehmann(x)?.interval)
    for (centre, inside) in [
      (interval.lowerBound + 1e-9, true), (interval.upperBound - 1e-9, true),
      (interval.lowerBound - 1e-9, false), (interval.upperBound + 1e-9, false),
    ] {
      let p = try #require(WilcoxonSignedRank(x.map { $0 - centre })?.pValue)
      #expect((p > 0.05) == inside, "seed \(seed): \(centre) has p \(p)")
    }
  }

  /// A shift moves everything by it; a scale by a power of two scales everything.
  @Test(arguments: 1...20) func equivariance(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Multiples of 1/1024, so that all arithmetic here is exact.
    func draw(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double(generator.index(below: 4096)) / 1024 }
    }
    let x = draw(3 + generator.index(below: 90))
    let y = draw(3 + generator.index(below: 90))
    let plain = try #require(HodgesLehmann(x))
    let moved = try #require(HodgesLehmann(x.map { $0 * 4 + 8 }))
    #expect(moved.estimate == plain.estimate * 4 + 8, "seed \(seed)")
    #expect(moved.interval?.lowerBound == plain.interval.map { $0.lowerBound * 4 + 8 })
    let shift = try #require(HodgesLehmann(shiftFrom: x, to: y))
    let back = try #require(HodgesLehmann(shiftFrom: y, to: x))
    #expect(shift.estimate == -back.estimate, "seed \(seed)")
    #expect(shift.interval?.lowerBound == back.interval.map { -$0.upperBound }, "seed \(seed)")
    let walsh = x.indices.flatMap { i in x[i...].map { (x[i] + $0) / 2 } }.sorted()
    #expect(plain.estimate == Percentile.value(50, ofSorted: walsh), "seed \(seed)")
  }

  /// Coverage with a tenth of gross outliers, and of the normal approximation beyond 60 values.
  @Test(arguments: [10, 30, 80]) func coverage(count: Int) {
    let seed: UInt64 = 8
    var generator = SeededGenerator(seed: seed)
    let trials = 300
    var held = 0
    for _ in 0..<trials {
      let values = (0..<count).map { _ in
        generator.normal() * (generator.uniform() < 0.1 ? 20 : 1)
      }
      if HodgesLehmann(values)?.interval?.contains(0) == true { held += 1 }
    }
    // Three and a half standard errors around 95%, exact tests being a little conservative.
    #expect(abs(Double(held) / Double(trials) - 0.955) < 0.045, "seed \(seed): \(held)")
  }
}
