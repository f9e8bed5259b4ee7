// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

/// Wilcoxon's and Mann and Whitney's tests against scipy, and what must hold of them.
@Suite struct RankTestTests {
  private static let sides: [RankTest.Alternative] = [.twoSided, .less, .greater]

  @Test func signedRankAgreesWithScipy() throws {
    for entry in try GoldenStatistics.read().signedRank {
      for (index, side) in Self.sides.enumerated() {
        let exact = WilcoxonSignedRank(entry.differences, alternative: side, method: .exact)
        #expect(
          GoldenStatistics.agree(exact?.pValue, entry.exact?[index]),
          "\(side) of \(entry.differences.count)")
        let rough = WilcoxonSignedRank(entry.differences, alternative: side, method: .asymptotic)
        #expect(
          GoldenStatistics.agree(rough?.pValue, entry.asymptotic[index]),
          "\(side) of \(entry.differences.count)")
        let automatic = WilcoxonSignedRank(entry.differences, alternative: side)
        #expect(automatic == exact ?? rough)
      }
    }
  }

  @Test func rankSumAgreesWithScipy() throws {
    for entry in try GoldenStatistics.read().rankSum {
      for (index, side) in Self.sides.enumerated() {
        let exact = MannWhitney(entry.x, entry.y, alternative: side, method: .exact)
        #expect(
          GoldenStatistics.agree(exact?.pValue, entry.exact?[index]),
          "\(side) of \(entry.x.count) and \(entry.y.count)")
        let rough = MannWhitney(entry.x, entry.y, alternative: side, method: .asymptotic)
        #expect(
          GoldenStatistics.agree(rough?.pValue, entry.asymptotic[index]),
          "\(side) of \(entry.x.count) and \(entry.y.count)")
        #expect(MannWhitney(entry.x, entry.y, alternative: side) == exact ?? rough)
      }
    }
  }

  @Test func whatCannotBeTested() {
    #expect(WilcoxonSignedRank([]) == nil && WilcoxonSignedRank([0, 0]) == nil)
    #expect(WilcoxonSignedRank([1, .nan]) == nil)
    #expect(WilcoxonSignedRank([1, -1, 2], method: .exact) == nil)
    #expect(WilcoxonSignedRank([1, 0, 2], method: .exact) == nil)
    #expect(WilcoxonSignedRank([1, 0, 2])?.count == 2)
    #expect(MannWhitney([], [1]) == nil && MannWhitney([1], [.infinity]) == nil)
    #expect(MannWhitney([1], [1], method: .exact) == nil)
    #expect(MannWhitney([1, 1], [1, 1])?.pValue == 1)
  }

  /// Under the null hypothesis a p-value below a never comes more often than a (here: than chance
  /// explains), and hardly less often with 30 values.
  @Test(arguments: [UInt64(5), 6]) func pValuesAreUniformUnderTheNull(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let trials = 800
    var below = [Double](repeating: 0, count: 8)
    let levels = [0.05, 0.2, 0.5, 0.8]
    for _ in 0..<trials {
      let x = (0..<12).map { _ in generator.normal() }
      let y = (0..<14).map { _ in generator.normal() }
      let paired = WilcoxonSignedRank(x + y)?.pValue ?? 0
      let ranked = MannWhitney(x, y)?.pValue ?? 0
      for (index, level) in levels.enumerated() {
        if paired <= level { below[index] += 1 }
        if ranked <= level { below[index + 4] += 1 }
      }
    }
    for (index, count) in below.enumerated() {
      let level = levels[index % 4]
      let error = 3.5 * (level * (1 - level) / Double(trials)).squareRoot()
      #expect(
        abs(count / Double(trials) - level) < error + 0.02,
        "seed \(seed), level \(level): \(count) of \(trials)")
    }
  }

  /// Turning the samples round turns the sides round; any rising function changes nothing.
  @Test(arguments: 1...20) func invariances(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let x = (0..<(1 + generator.index(below: 20))).map { _ in generator.normal() }
    let y = (0..<(1 + generator.index(below: 20))).map { _ in generator.normal() + 0.3 }
    for method in [nil, RankTest.Method.asymptotic] {
      let less = try #require(MannWhitney(x, y, alternative: .less, method: method))
      let turned = try #require(MannWhitney(y, x, alternative: .greater, method: method))
      #expect(abs(less.pValue - turned.pValue) < 1e-12, "seed \(seed)")
      #expect(less.statistic + turned.statistic == Double(x.count * y.count), "seed \(seed)")
      let risen = MannWhitney(x.map { exp($0) }, y.map { exp($0) }, method: method)
      #expect(risen == MannWhitney(x, y, method: method), "seed \(seed)")
      let signed = try #require(WilcoxonSignedRank(x, alternative: .less, method: method))
      let negated = try #require(
        WilcoxonSignedRank(x.map { -$0 }, alternative: .greater, method: method))
      #expect(abs(signed.pValue - negated.pValue) < 1e-12, "seed \(seed)")
    }
  }
}
