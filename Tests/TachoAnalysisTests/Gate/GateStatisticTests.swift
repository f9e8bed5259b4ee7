// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What launch pairs are reduced to, and the shift that is told of them.
@Suite struct GateStatisticTests {
  @Test func namesAndValues() throws {
    for name in GateStatistic.names {
      #expect(GateStatistic(name: name)?.name == name)
    }
    #expect(GateStatistic(name: "p99") == nil && GateStatistic(name: "") == nil)
    let samples = (1...20).reversed().map(Double.init)
    // Type 7: 1 + 0.95 x 19.
    #expect(abs(try #require(GateStatistic.p95.value(of: samples)) - 19.05) < 1e-12)
    #expect(GateStatistic.launch(.minimum).value(of: samples) == 1)
    #expect(GateStatistic.p95.value(of: []) == nil)
    #expect(GateStatistic.p95.value(of: [1, .infinity]) == nil)
  }

  @Test func ratiosOfPairs() throws {
    let pair = PairTimes(index: 0, base: [1, 2, 3], candidate: [2, 4, 60])
    #expect(pair.logRatio(.launch(.median)) == log(2))
    #expect(abs(try #require(pair.logRatio(.p95)) - log(54.4 / 2.9)) < 1e-12)
    #expect(PairTimes(index: 0, base: [0], candidate: [1]).logRatio(.launch(.mean)) == nil)
    #expect(PairTimes(index: 0, base: [1], candidate: [-1]).logRatio(.launch(.mean)) == nil)
    #expect(PairTimes(index: 0, base: [1], candidate: [.nan]).logRatio(.launch(.mean)) == nil)
    #expect(PairTimes(index: 0, base: [], candidate: []).logRatio(.p95) == nil)
  }

  /// Ranks of scipy.stats.binom: the largest k with cdf(k - 1) <= 0.025.
  @Test(arguments: [
    (0, 0), (5, 0), (6, 1), (7, 1), (9, 2), (15, 4), (20, 6), (31, 10), (47, 17), (79, 31),
  ]) func intervalRanks(count: Int, rank: Int) throws {
    #expect(ShiftEstimate.rank(count: count) == rank)
    guard count > 0 else { return }
    let values = (1...count).map { Double($0 * $0) }.shuffled()
    let shift = try #require(ShiftEstimate(values))
    if rank == 0 {
      #expect(shift.interval == nil)
    } else {
      let other = count + 1 - rank
      #expect(shift.interval == Double(rank * rank)...Double(other * other))
    }
  }

  /// The interval is for one look.
  ///
  /// Looked at after each of 80 pairs, at some of them it misses the middle with this chance: paths of the
  /// number of ratios below it, those that left removed.
  @Test func intervalLookedAtAllAlong() {
    var chances = [1.0]
    var missed = 0.0
    for n in 1...80 {
      let rank = ShiftEstimate.rank(count: n)
      var next = [Double](repeating: 0, count: n + 1)
      for (below, chance) in chances.enumerated() {
        next[below] += chance / 2
        next[below + 1] += chance / 2
      }
      for below in 0...n where below < rank || n - below < rank {
        missed += next[below]
        next[below] = 0
      }
      chances = next
    }
    #expect(abs(missed - 0.2088893128060888) < 1e-12, "\(missed)")
  }

  @Test func shiftByHand() throws {
    // Walsh averages of 0, 1, 5: 0, 0.5, 1, 2.5, 3, 5; their middle is 1.75.
    #expect(try #require(ShiftEstimate([5, 0, 1])).estimate == 1.75)
    #expect(ShiftEstimate([]) == nil && ShiftEstimate([1, .nan]) == nil)
    let moved = ShiftEstimate((1...8).map { Double($0) + 16 })
    #expect(moved?.interval == 17.0...24.0 && moved?.estimate == 20.5)
  }

  @Test func pairsOfAStoredGateBySeries() throws {
    let point = Point(
      benchmark: "b", kind: "kernel", configuration: Configuration(["n": 1]), axes: [])
    func run(_ id: String, _ seconds: [Double]) -> ResultSet.Run {
      ResultSet.Run(
        record: RunRecord(
          id: id, sweepID: "s", point: point, launch: 0, order: 0, startedAt: "",
          status: .completed),
        samples: seconds.enumerated().map { index, seconds in
          SampleRecord(
            runID: id, index: index, warmup: index == 0, startedAt: "",
            observation: Observation(startNs: 0, endNs: Int(seconds * 1e9)), measurements: [])
        })
    }
    func pair(
      _ index: Int, _ series: String?, _ base: String, _ candidate: String,
      _ status: RunStatus = .completed
    ) -> PairRecord {
      let steps: [(PairSide, Int?, Int)] = [
        (.base, nil, 0), (.candidate, nil, 0), (.candidate, 0, 1), (.base, 0, 1), (.base, 1, 2),
        (.candidate, 1, 2),
      ]
      return PairRecord(
        id: "p\(index)\(series ?? "")\(base)", sweepID: "s", index: index, order: index,
        base: .init(runID: base, buildID: "x"), candidate: .init(runID: candidate, buildID: "y"),
        seed: 1, startedFirst: .base, startedAt: "", status: status, series: series,
        steps: steps.enumerated().map {
          .init(
            position: $0.offset, side: $0.element.0, round: $0.element.1,
            sampleIndex: $0.element.2, askedNs: $0.offset)
        })
    }
    let sweep = ResultSet.Sweep(
      record: SweepRecord(
        id: "s", suite: "g", planHash: "", suiteText: "", command: "", startedAt: "",
        machine: MachineRecord(name: "m", facts: [:]), build: BuildRecord(facts: [:])),
      runs: [run("a", [9, 1, 2]), run("b", [9, 3, 4])], events: [],
      pairs: [
        pair(1, "s1", "b", "a"), pair(0, "s1", "a", "b"), pair(0, "s2", "a", "b"),
        pair(1, "s2", "a", "b", .crashed), pair(0, nil, "a", "b"), pair(2, "s1", "a", "gone"),
      ])
    let series = PairTimes.bySeries(in: sweep)
    #expect(Set(series.keys) == ["s1", "s2"])
    // Warm-up is left out; in the order of indices.
    #expect(
      series["s1"] == [
        PairTimes(index: 0, base: [1, 2], candidate: [3, 4]),
        PairTimes(index: 1, base: [3, 4], candidate: [1, 2]),
      ])
    #expect(series["s2"]?.count == 1)
  }
}
