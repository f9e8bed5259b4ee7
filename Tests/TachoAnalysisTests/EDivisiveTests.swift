// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

/// The E-divisive statistic and its permutation test against other implementations of the definition.
@Suite struct EDivisiveTests {
  struct Golden: Decodable {
    struct Split: Decodable {
      let index, end: Int
      let q: Double
    }
    struct Scan: Decodable {
      let values: [Double]
      let minimumSegment: Int
      let rest, stretch: Split
    }
    struct Exact: Decodable {
      let values: [Double]
      let minimumSegment: Int
      let extent: String
      let p: Double
    }
    let scans: [Scan]
    let exact: [Exact]

    static func read() throws -> Golden {
      guard
        let url = Bundle.module.url(
          forResource: "edivisive", withExtension: "json", subdirectory: "Golden")
      else { throw CocoaError(.fileNoSuchFile) }
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }
  }

  static func ranks(_ values: [Double]) -> [Int32] {
    RankedValues(values).ranks.map { Int32(2 * $0) }
  }

  /// Summed pair by pair in Python, and by Otava's calculator from cumulative sums.
  @Test func largestQAgreesWithItsDefinition() throws {
    let cases = try Golden.read().scans
    #expect(cases.count == 16)
    for entry in cases {
      let ranks = Self.ranks(entry.values)
      var scan = EDivisiveScan(ranks: ranks, minimumSegment: entry.minimumSegment)
      for (extent, golden) in [
        (EDivisiveScan.Extent.rest, entry.rest), (.stretch, entry.stretch),
      ] {
        let best = scan.best(of: ranks, extent)
        let found = try #require(best)
        #expect(
          abs(found.q - golden.q) < 1e-9 * (1 + abs(golden.q)), "\(entry.values.count) \(extent)")
        #expect(found.index == golden.index && found.end == golden.end)
      }
    }
  }

  /// By hand: ranks 1 1 5 5 (doubled 2 2 10 10 are 8 apart) split in the middle: across 2/4 * 4 * 8 = 16,
  /// nothing within, times 2 * 2 / 4.
  @Test func smallestCaseByHand() throws {
    let ranks: [Int32] = [2, 2, 10, 10]
    var scan = EDivisiveScan(ranks: ranks, minimumSegment: 2)
    let apart = scan.best(of: ranks, .rest)
    #expect(apart == EDivisiveScan.Split(index: 2, end: 4, q: 16))
    let mixed = scan.best(of: [2, 10, 10, 2], .rest)
    #expect(mixed?.q == -8)
    let short = scan.best(of: [2, 2], .rest)
    #expect(short == nil)
  }

  /// Counted over every permutation in Python.
  @Test func pAgreesWithEveryPermutation() throws {
    let permutations = 4_000
    for (index, entry) in try Golden.read().exact.enumerated() {
      var test = PermutationTest(entry.values[...], minimumSegment: entry.minimumSegment)
      let drawn = test.result(
        entry.extent == "rest" ? .rest : .stretch, permutations: permutations,
        enough: permutations, seed: 5)
      let result = try #require(drawn)
      let error = (entry.p * (1 - entry.p) / Double(permutations)).squareRoot()
      #expect(abs(result.p - entry.p) < 4 * error + 0.001, "case \(index): \(result.p) \(entry.p)")
    }
  }

  /// Stopping early changes what p is above the level, never whether it is.
  @Test func earlyEndDecidesAlike() throws {
    let seed: UInt64 = 21
    var generator = SeededGenerator(seed: seed)
    var rejected = 0
    for series in 0..<40 {
      let step = Double(series % 4) * 0.5
      let values = (0..<24).map { generator.normal() + ($0 < 12 ? 0 : step) }
      var test = PermutationTest(values[...], minimumSegment: 5)
      let all = test.result(.rest, permutations: 199, enough: .max, seed: UInt64(series))
      let some = test.result(.rest, permutations: 199, enough: 10, seed: UInt64(series))
      let (whole, early) = (try #require(all), try #require(some))
      #expect(whole.split == early.split)
      #expect((whole.p <= 0.05) == (early.p <= 0.05), "seed \(seed), series \(series)")
      #expect(early.p >= whole.p || whole.p > 0.05)
      if whole.p <= 0.05 { rejected += 1 }
    }
    #expect(rejected > 5 && rejected < 35)
  }
}
