// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import TachoReport
import Testing

/// The tables of a replayed bank.
@Suite struct GateReplayTablesTests {
  /// Twelve rounds of two points without noise in their medians; minima of `b` differ by 10%.
  static func bank() throws -> PairBank {
    let statistics = PairBank.statistics
    let header =
      (["point", "index", "order", "started_first"] + statistics.map { "base_\($0)" }
        + statistics.map { "candidate_\($0)" } + ["mann_whitney_p", "welch_p"])
    var lines = [header.joined(separator: ",")]
    for index in 0..<12 {
      for (place, point) in ["a", "b"].enumerated() {
        let minimum = point == "b" && index % 2 == 0 ? "1.1" : "1"
        let base = Array(repeating: "1", count: statistics.count)
        let candidate = [minimum] + base.dropFirst()
        let p = point == "a" && index < 3 ? "0.01" : "0.5"
        lines.append(
          ([point, "\(index)", "\(2 * index + place)", "base"] + base + candidate + [p, "0.5"])
            .joined(separator: ","))
      }
    }
    return try PairBank(csv: lines.joined(separator: "\n"))
  }

  @Test func tablesOfABankWithoutNoise() throws {
    let tables = GateReplayTables(
      policy: GatePolicy(), margins: .points, members: 6, jobs: 100, seed: 1)
    let text = tables.render(try Self.bank(), statistic: nil)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(text.hasPrefix("Noise of 24 launch pairs of equal programs\n\n| point |"))
    // Three of twelve Mann-Whitney tests reject. `a` ties in all statistics, of which the first is taken.
    #expect(
      lines.contains("| a | 12 | minimum | 0.00% | 0% | 0.00% | 0.0% | 25.0% | 0.0% |"), "\(text)")
    #expect(
      lines.contains("| b | 12 | p10 | 0.00% | 0% | 0.00% | 0.0% | 0.0% | 0.0% |"), "\(text)")
    #expect(lines.contains("12 rounds of 2 points replayed as jobs of 6 members"))
    // Seven pairs to pass; ln(600) / ln(1.6) = 13.6 pairs to fail.
    #expect(
      lines.contains(
        "| by coin | +0.0% | 100 | 0.0000% | 100.00% | 0.00% | 7.0 | 0.00% | 100.0% | 0.00% |"))
    #expect(
      lines.contains(
        "| as recorded | +5.0% | 10 | 100.0000% | 0.00% | 0.00% | 14.0 | 100.00% | 100.0% | 0.00% |"
      ), "\(text)")
    let minima = tables.render(try Self.bank(), statistic: "minimum")
    #expect(minima.contains("| b | 12 | minimum | 7.07% | 0% |"), "\(minima)")
  }
}
