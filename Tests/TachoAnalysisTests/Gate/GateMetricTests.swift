// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Members that are judged by another metric than the time of a call.
@Suite struct GateMetricTests {
  static let rate = "decode/tokens-per-second"
  static let first = "latency/ttft"

  static func member(_ id: String) throws -> GateMember {
    let metric = try #require(MetricRules.metric(id: id))
    return GateMember(
      id: "p0/\(id)", name: "point, \(id)", role: .metric, series: ["p0"], statistic: "median",
      margins: .points, metric: GateMetric(metric))
  }

  /// Pairs whose times are equal and whose metric has these values on the two sides.
  static func pairs(
    _ id: String, base: [Double], candidate: [Double], count: Int = 40
  ) -> [PairTimes] {
    (0..<count).map { index in
      PairTimes(
        index: index, base: [1, 1, 1], candidate: [1, 1, 1],
        readings: [
          .base: ExactComparisonTests.readings([id: base.map { .value($0) }]),
          .candidate: ExactComparisonTests.readings([id: candidate.map { .value($0) }]),
        ])
    }
  }

  private func decide(
    _ id: String, base: [Double], candidate: [Double], count: Int = 40
  ) throws -> GateDecision {
    GateJudge(policy: GatePolicy(), family: 300).decision(
      of: try Self.member(id),
      ["p0": Self.pairs(id, base: base, candidate: candidate, count: count)])
  }

  @Test func moreIsWorseOfATime() throws {
    let worse = try decide(Self.first, base: [2, 1, 3], candidate: [2.2, 1, 3])
    #expect(worse.verdict == .fail && worse.reason == "worse than the tolerated 1%")
    #expect(abs((worse.shift ?? 0) - log(1.1)) < 1e-12)
    #expect(worse.base == 2 && worse.candidate == 2.2)
    let better = try decide(Self.first, base: [2], candidate: [1])
    #expect(better.verdict == .pass && better.reason == "not worse by 3%")
  }

  @Test func lessIsWorseOfARate() throws {
    let worse = try decide(Self.rate, base: [100, 90, 110], candidate: [80, 79, 81])
    #expect(worse.verdict == .fail)
    #expect(abs((worse.shift ?? 0) - log(100.0 / 80)) < 1e-12)
    #expect(abs((worse.base ?? 0) - 100) < 1e-9 && abs((worse.candidate ?? 0) - 80) < 1e-9)
    #expect(try decide(Self.rate, base: [100], candidate: [120]).verdict == .pass)
    // The fastest tenth of a rate are its largest values.
    let pair = Self.pairs(Self.rate, base: [1, 2, 4], candidate: [1, 2, 8], count: 1)[0]
    let metric = try Self.member(Self.rate).metric
    #expect(pair.logRatio(.launch(.minimum), metric) == log(4.0 / 8))
  }

  @Test func timesAreNotLookedAtAndTimesDoNotLookAtIt() throws {
    let pairs = Self.pairs(Self.rate, base: [100], candidate: [50])
    let judge = GateJudge(policy: GatePolicy(), family: 300)
    let time = judge.decision(of: GateJudgeTests.member(series: ["p0"]), ["p0": pairs])
    #expect(time.verdict == .pass && time.base == 1 && time.candidate == 1)
    let again = judge.confirmation(of: try Self.member(Self.rate), pairs)
    #expect(again.verdict == .fail)
  }

  @Test func whatIsNotReportedIsSaidAndNoPass() throws {
    let absent = try decide(Self.rate, base: [], candidate: [], count: 2)
    #expect(absent.verdict == .skipped && absent.reason.contains("base does not report"))
    let lost = try decide(Self.rate, base: [1], candidate: [], count: 2)
    #expect(lost.verdict == .broken && lost.reason.contains("candidate does not report"))
    // One pair may have missed it by chance.
    #expect(try decide(Self.rate, base: [], candidate: [], count: 1).verdict == .inconclusive)
    // What is not above 0 has no logarithm.
    #expect(try decide(Self.first, base: [0], candidate: [0], count: 5).verdict == .skipped)
    let reasons = PairTimes(
      index: 0, base: [1], candidate: [1],
      readings: [
        .base: ExactComparisonTests.readings([Self.first: [.unavailable("it has no emissions")]])
      ])
    let told = GateJudge(policy: GatePolicy(), family: 1)
      .decision(of: try Self.member(Self.first), ["p0": [reasons, reasons]])
    #expect(told.reason.contains("because it has no emissions"))
  }
}
