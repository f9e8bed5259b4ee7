// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Series of builds: chained references, absolute figures of sweeps, files, and many series as a family.
@Suite struct HistoryTests {
  static let metric = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher, definition: "d")
  static let subject = HistoryMeasurement.Subject(
    suite: "s", point: "p1", name: "decode", metric: metric, machine: "m1", machineName: "bench")

  static func build(_ name: String) -> HistoryBuild { HistoryBuild(id: name, revision: name) }

  static func measured(
    _ name: String, against reference: String, _ shift: Double, half: Double = 0.002
  ) -> HistoryMeasurement {
    HistoryMeasurement(
      subject: subject, build: build(name), reference: build(reference), date: "2026-01-01",
      shift: shift, interval: (shift - half)...(shift + half))
  }

  @Test func referencesAreChainedByAnOverlap() throws {
    let series = ReferenceChain.series(of: [
      Self.measured("a", against: "r1", 0.01), Self.measured("b", against: "r1", 0.02),
      Self.measured("r2", against: "r1", 0.03, half: 0.004),
      Self.measured("c", against: "r2", 0.01), Self.measured("d", against: "r2", -0.01),
    ])
    #expect(series.count == 1)
    let one = try #require(series.first)
    #expect(one.values.map(\.build.name) == ["a", "b", "r2", "c", "d"])
    let expected = [0.01, 0.02, 0.03, 0.04, 0.02]
    #expect(zip(one.values, expected).allSatisfy { abs($0.value - $1) < 1e-12 })
    let interval = try #require(one.values[3].interval)
    #expect(abs(interval.lowerBound - 0.034) < 1e-12 && abs(interval.upperBound - 0.046) < 1e-12)
    #expect(one.links.count == 1 && one.links.first?.index == 3)
    #expect(abs((one.links.first?.uncertainty ?? 0) - 0.004) < 1e-12)
    #expect(one.basis == .reference("r1"))
  }

  /// The new reference measured first, as the base of the overlap job: the same ratio the other way round.
  @Test func overlapMayBeMeasuredEitherWay() throws {
    let series = ReferenceChain.series(of: [
      Self.measured("a", against: "r1", 0.01), Self.measured("r1", against: "r2", -0.03),
      Self.measured("c", against: "r2", 0.01),
    ])
    let one = try #require(series.first)
    #expect(series.count == 1)
    // r1 itself was measured: 0 against itself, by way of r2.
    #expect(one.values.map(\.build.name) == ["a", "r1", "c"])
    #expect(zip(one.values, [0.01, 0, 0.04]).allSatisfy { abs($0.value - $1) < 1e-12 })
  }

  @Test func gapSplitsTheSeries() {
    let series = ReferenceChain.series(of: [
      Self.measured("a", against: "r1", 0.01), Self.measured("c", against: "r2", 0.01),
      Self.measured("d", against: "r2", 0.02), Self.measured("c", against: "r2", 0.5, half: 0.1),
    ])
    #expect(series.map { $0.values.map(\.build.name) } == [["a"], ["c", "d"]])
    // Of two measurements of a build the more precise one.
    #expect(series.last?.values.first?.value == 0.01)
    #expect(Set(series.map(\.identity)).count == 2)
  }

  /// A step no larger than the tie's uncertainty is the tie's.
  @Test func stepAtALinkMustExceedItsUncertainty() {
    var generator = SeededGenerator(seed: 2)
    let values = ChangePointTests.stepped(
      ChangePointTests.noise(40, &generator).map { $0 / 10 }, from: 20, by: 0.02
    ).enumerated().map {
      HistorySeries.Value(
        build: Self.build("\($0.offset)"), date: nil, value: $0.element, interval: nil)
    }
    func found(_ links: [HistorySeries.Link]) -> [Int] {
      HistorySeries(identity: "i", name: "n", basis: .given, values: values, links: links)
        .changes(by: RankEDivisive()).changePoints.map(\.index)
    }
    #expect(found([]) == [20])
    #expect(found([.init(index: 20, uncertainty: 0.03)]) == [])
    #expect(found([.init(index: 20, uncertainty: 0.01)]) == [20])
    #expect(found([.init(index: 8, uncertainty: 0.03)]) == [20])
  }

  static func sweep(
    _ id: String, at date: String, revision: String, dirty: Bool = false, machine: String = "m",
    values: [Double], failed: Bool = false
  ) -> ResultSet.Sweep {
    let point = Point(
      benchmark: "decode", kind: "generate", configuration: Configuration(["engine.threads": 2]),
      axes: ["engine.threads"])
    let run = RunRecord(
      id: id + "r", sweepID: id, point: point, launch: 0, order: 0, startedAt: date,
      status: failed ? .failed : .completed)
    let samples = values.enumerated().map { index, value in
      SampleRecord(
        runID: id + "r", index: index, warmup: index == 0, startedAt: date,
        observation: Observation(startNs: 0, endNs: 1),
        measurements: [Measurement(metric, .value(value))])
    }
    return ResultSet.Sweep(
      record: SweepRecord(
        id: id, suite: "s", planHash: "", suiteText: "", command: "tacho run suites/x.yaml -v",
        startedAt: date, machine: MachineRecord(name: machine, facts: ["m": .string(machine)]),
        build: BuildRecord(facts: [
          "git.revision": .string(revision), "git.dirty": .bool(dirty), "build.mode": "release",
        ])),
      runs: [ResultSet.Run(record: run, samples: samples)], events: [])
  }

  @Test func absoluteFiguresOfSweeps() throws {
    let sweeps = [
      Self.sweep("3", at: "2026-01-03", revision: "ccc", values: [1, 30, 30, 30]),
      Self.sweep("1", at: "2026-01-01", revision: "aaa", values: [1, 10, 11, 12]),
      Self.sweep("2", at: "2026-01-02", revision: "bbb", values: [1, 20, 20, 20]),
      Self.sweep("4", at: "2026-01-04", revision: "aaa", values: [1, 11, 11, 11]),
      Self.sweep("5", at: "2026-01-05", revision: "ccc", dirty: true, values: [1, 5, 5, 5]),
      Self.sweep("6", at: "2026-01-06", revision: "ddd", values: [1, 7], failed: true),
      Self.sweep("7", at: "2026-01-07", revision: "aaa", machine: "other", values: [1, 9, 9]),
    ]
    let series = AbsoluteHistory.series(in: sweeps)
    #expect(series.count == 2)
    let one = try #require(series.first)
    #expect(one.values.map(\.build.revision) == ["aaa", "bbb", "ccc", nil])
    #expect(one.values.last?.build.id.hasPrefix("ccc+changes") == true)
    let medians = one.values.map { exp($0.value) }
    #expect(zip(medians, [11, 20, 30, 5]).allSatisfy { abs($0 - $1) < 1e-9 }, "\(medians)")
    #expect(one.values[0].interval != nil && one.values[0].date == "2026-01-01")
    #expect(one.name == "decode: engine.threads=2" && one.suiteFile == "suites/x.yaml")
    #expect(one.basis == .absolute && one.machine == "m")

    let ordered = AbsoluteHistory.series(in: sweeps, revisions: ["ccc", "zzz", "aaa"])
    #expect(ordered.first?.values.map(\.build.revision) == ["ccc", "aaa"])
    #expect(AbsoluteHistory.series(in: sweeps) { _, metric in metric.id == "none" }.isEmpty)
  }

  @Test func filesOfSeries() throws {
    let text = "# comment\nseries,position,value,label\nb,2,4,y\nb,1,2,x\r\n\na,1,1,\n"
    let series = try SeriesFile.series(in: text, areLogarithms: false)
    #expect(series.map(\.name) == ["b", "a"])
    #expect(series[0].values.map(\.build.name) == ["x", "y"])
    #expect(series[0].values.map(\.value) == [log(2), log(4)])
    #expect(series[1].values.map(\.build.name) == ["1"])
    #expect(
      try SeriesFile.series(in: "series,position,value\na,1,-3", areLogarithms: true)[0]
        .values[0].value == -3)
  }

  @Test(arguments: [
    ("", "there is no line"), ("a,b\n", "line 1: the columns are a,b"),
    ("series,position,value\na,1\n", "line 2: 2 columns"),
    ("series,position,value\n\na,x,1\n", "line 3: position 'x'"),
    ("series,position,value\na,1,nan\n", "line 2: value 'nan'"),
    ("series,position,value\na,1,0\n", "line 2: value 0 has no logarithm"),
    ("series,position,value\na,1,1\na,1,2\n", "two values at position 1"),
  ]) func badFiles(text: String, complaint: String) {
    do {
      _ = try SeriesFile.series(in: text, areLogarithms: false)
      Issue.record("accepted: \(text)")
    } catch let problem as SeriesFile.Problem {
      #expect(problem.description.contains(complaint), "\(problem)")
    } catch {
      Issue.record("\(error)")
    }
  }

  /// One change among many series is found, and neither order nor company changes what is found in one.
  @Test func manySeriesAreOneFamily() throws {
    let seed: UInt64 = 43
    var generator = SeededGenerator(seed: seed)
    let series = (0..<12).map { index -> HistorySeries in
      let noise = ChangePointTests.noise(30, &generator)
      let values = index == 5 ? ChangePointTests.stepped(noise, from: 15, by: 0.06) : noise
      return HistorySeries(
        identity: "series \(index)", name: "\(index)", basis: .given,
        values: values.enumerated().map {
          .init(build: Self.build("\($0.offset)"), date: nil, value: $0.element, interval: nil)
        })
    }
    let analysis = HistoryAnalysis(series)
    #expect(analysis.tests == 12)
    #expect(analysis.results.map { $0.suspicions.count } == (0..<12).map { $0 == 5 ? 1 : 0 })
    let found = try #require(analysis.results[5].suspicions.first)
    #expect(found.p >= found.point.p && found.p <= 0.05, "seed \(seed): \(found)")
    let backwards = HistoryAnalysis(series.reversed())
    #expect(backwards.results.reversed().map(\.changes) == analysis.results.map(\.changes))
    #expect(backwards.results.reversed().map(\.adjusted) == analysis.results.map(\.adjusted))
    let alone = HistoryAnalysis([series[5]]).results[0]
    #expect(alone.changes.changePoints.map(\.index) == [found.point.index])
    #expect(alone.changes.changePoints.map(\.shift) == [found.point.shift])
  }
}
