// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What repeats exactly is compared to the last one, and what does not repeat is no difference.
@Suite struct ExactComparisonTests {
  static let allocations = "os/allocations"

  static func record(_ exact: [GateExactMetric]) -> GateRecord {
    let side = GateBuild(reference: "r", revision: nil, buildID: "b", digest: "d")
    return GateRecord(
      sweepID: "s", base: side, candidate: side, policy: GatePolicy(), seed: 1,
      series: [
        GateSeries(id: "p0", name: "decode", role: .point, pointID: "i", exact: exact)
      ], members: [], expected: 1)
  }

  static func readings(_ values: [String: [Reading]]) -> SideReadings {
    var readings = SideReadings()
    for (id, rounds) in values {
      for (round, reading) in rounds.enumerated() {
        let metric =
          MetricRules.metric(id: id)
          ?? Metric(id: id, unit: .count, better: .neither, definition: "")
        readings.add([Measurement(metric, reading)], round: round, of: Set(values.keys))
      }
    }
    return readings
  }

  static func pair(
    _ base: [Double], _ candidate: [Double], of metric: String = allocations
  ) -> PairTimes {
    PairTimes(
      index: 0, base: [], candidate: [],
      readings: [
        .base: readings([metric: base.map { .value($0) }]),
        .candidate: readings([metric: candidate.map { .value($0) }]),
      ])
  }

  static func compare(
    _ pairs: [PairTimes], budget: Double?, of metric: String = allocations
  ) -> [GateDifference] {
    ExactComparison(record([GateExactMetric(metric: metric, budget: budget)]))
      .differences(["p0": pairs])
  }

  @Test func aChangeIsReportedAndFailsOnlyBeyondABudget() throws {
    let grown = [Self.pair([100, 100], [101, 101]), Self.pair([100, 100], [101, 101])]
    let reported = try #require(Self.compare(grown, budget: nil).first)
    #expect(!reported.isFailure && reported.base == "100" && reported.candidate == "101")
    #expect(abs((reported.change ?? 0) - 0.01) < 1e-12 && reported.detail.contains("no budget"))
    #expect(Self.compare(grown, budget: 0).map(\.isFailure) == [true])
    #expect(Self.compare(grown, budget: 0.005).map(\.isFailure) == [true])
    let within = try #require(Self.compare(grown, budget: 0.02).first)
    #expect(!within.isFailure && within.detail == "it grew within the 2% allowed")
    let shrunk = try #require(Self.compare([Self.pair([10], [9])], budget: 0).first)
    #expect(!shrunk.isFailure && shrunk.detail.contains("shrank"))
    #expect(Self.compare([Self.pair([0], [1])], budget: 5).map(\.isFailure) == [true])
    #expect(Self.compare([Self.pair([7, 8], [7, 8])], budget: 0).isEmpty)
  }

  @Test func moreIsWorseOnlyWhereLessIsBetter() {
    let metric = "decode/tokens-per-second"
    let fewer = Self.compare([Self.pair([10], [9], of: metric)], budget: 0.01, of: metric)
    #expect(fewer.map(\.isFailure) == [true])
    let more = Self.compare([Self.pair([9], [10], of: metric)], budget: 0.01, of: metric)
    #expect(more.map(\.isFailure) == [false])
  }

  @Test func inputsAreComparedEachByItself() throws {
    // The third input alone takes one more.
    let difference = try #require(
      Self.compare([Self.pair([1, 2, 3], [1, 2, 4])], budget: nil).first)
    #expect(difference.base == "3" && difference.candidate == "4")
    #expect(difference.detail.contains("in 1 of 3"))
    // The same values for other inputs are another behaviour.
    #expect(Self.compare([Self.pair([1, 2], [2, 1])], budget: 0).map(\.isFailure) == [true])
  }

  @Test func whatDoesNotRepeatIsNoDifference() throws {
    let launches = [Self.pair([5], [6]), Self.pair([6], [5])]
    #expect(Self.compare(launches, budget: nil).isEmpty)
    #expect(Self.compare(launches, budget: 0).isEmpty)
    let other = [Self.pair([5], [6]), Self.pair([6], [7])]
    #expect(Self.compare(other, budget: nil).isEmpty)
    let asked = try #require(Self.compare(other, budget: 0).first)
    #expect(!asked.isFailure && asked.detail.contains("does not repeat"))
    #expect(asked.base == "5 to 6")
    // One input repeats and the other does not: the one is compared.
    let mixed = [Self.pair([5, 1], [6, 2]), Self.pair([7, 1], [8, 2])]
    #expect(Self.compare(mixed, budget: 0).map(\.base) == ["1"])
  }

  @Test func whatSamplesDoNotShowComesFromThePairThatCounted() throws {
    let exact = [
      GateExactMetric(metric: "callgrind/instructions", budget: 0.005),
      GateExactMetric(metric: "launch/per-step", budget: nil),
      GateExactMetric(metric: Self.allocations, budget: nil),
    ]
    let differences = ExactComparison(Self.record(exact)).differences([
      "p0": [Self.pair([3], [3])],
      // Recording allocates: its allocations are not the samples'.
      "count/p0": [Self.pair([50], [51], of: "launch/per-step"), Self.pair([9], [8])],
      "instrument/p0": [Self.pair([1000], [1006], of: "callgrind/instructions")],
    ])
    #expect(differences.map(\.quantity) == ["callgrind/instructions", "launch/per-step"])
    #expect(differences.map(\.isFailure) == [true, false])
    #expect(differences[0].seriesID == "p0" && differences[0].detail.contains("0.5%"))
  }

  @Test func whatIsNotReportedSaysWhy() throws {
    let metric = "callgrind/instructions"
    let pair = PairTimes(
      index: 0, base: [], candidate: [],
      readings: [
        .base: Self.readings([metric: [.unavailable("no valgrind")]]),
        .candidate: Self.readings([metric: [.value(1)]]),
      ])
    let asked = try #require(Self.compare([pair], budget: 0, of: metric).first)
    #expect(!asked.isFailure && asked.base == "not reported" && asked.candidate == "1")
    #expect(asked.detail.contains("because no valgrind"))
    #expect(Self.compare([pair], budget: nil, of: metric).isEmpty)
  }

  @Test func settingsNameWhatIsCompared() {
    let usual = GatePointSettings().exactMetrics
    #expect(
      usual.map(\.metric) == [
        "decode/bytes-per-token", "generate/output-tokens", "launch/per-step",
        "os/allocated-bytes", "os/allocations",
      ])
    #expect(usual.allSatisfy { $0.budget == nil })
    let named = GatePointSettings(exact: ["os/allocations": 0.01, "callgrind/instructions": 0])
    #expect(named.exactMetrics.count == 6)
    #expect(named.exactMetrics.first { $0.metric == "os/allocations" }?.budget == 0.01)
    #expect(GatePointSettings(exact: [:], comparesCounts: false).exactMetrics.isEmpty)
    #expect(MetricRules.needsInstrument(id: "callgrind/instructions"))
    #expect(!MetricRules.needsInstrument(id: "os/allocations"))
  }
}
