// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// A sweep of now beside one on record: shifts, spreads, what is on one side only, other machines.
@Suite struct StoredComparisonTests {
  private func launches(_ medians: [Double]) -> [[Double]] {
    medians.map { [$0 * 0.999, $0, $0 * 1.001] }
  }

  @Test func shiftByHand() throws {
    // Differences of logs of 110 (four times) to 99, 100, 100, 101: their median is that to 100.
    let found = try StoredShift(
      then: launches([100, 99, 101, 100]), now: launches([110, 110, 110, 110]))
    #expect(abs(found.ratio - 1.1) < 1e-9 && found.method == .hodgesLehmann)
    #expect(abs(found.then - 100) < 1e-9 && abs(found.now - 110) < 1e-9)
    #expect(found.launchesThen == 4 && found.launchesNow == 4)
    let interval = try #require(found.interval)
    // Of 4 and 4 the interval is the whole range of differences.
    #expect(abs(interval.lowerBound - 110.0 / 101) < 1e-6)
    #expect(abs(interval.upperBound - 110.0 / 99) < 1e-6)
    #expect(abs(try #require(found.spread) - (101.0 / 99 - 1)) < 1e-9)
    #expect(found.standing == .beyond)
  }

  /// A change counts as beyond the spread in either direction, and only when it is larger.
  @Test func standing() throws {
    for (now, standing) in [
      (100.0, StoredShift.Standing.within), (101.5, .within), (98.5, .within), (103, .beyond),
      (97, .beyond),
    ] {
      let found = try StoredShift(
        then: launches([99, 100, 101]), now: launches([now, now, now, now]))
      #expect(found.standing == standing, "\(now)")
    }
    let one = try StoredShift(then: launches([100]), now: launches([150, 150, 150, 150]))
    #expect(one.standing == .unknown && one.spread == nil)
    #expect(one.interval == nil && one.method == nil && abs(one.ratio - 1.5) < 1e-9)
    let oneNow = try StoredShift(then: launches([100, 101]), now: launches([150]))
    #expect(oneNow.interval == nil && oneNow.standing == .beyond)
  }

  /// Fewer than four launches on a side: a seeded bootstrap, which holds its estimate.
  @Test func fewLaunches() throws {
    let then = [[100.0, 104, 96], [103, 107, 99]]
    let now = [[110.0, 111, 112], [108, 109, 107], [114, 115, 113]]
    let found = try StoredShift(then: then, now: now, seed: 5)
    #expect(found.method == .twoLevelBootstrap)
    let interval = try #require(found.interval)
    #expect(interval.contains(found.ratio) && interval.lowerBound < interval.upperBound)
    // The outermost medians that a resample can have.
    #expect(interval.lowerBound >= 107.0 / 107 && interval.upperBound <= 115.0 / 96)
    #expect(try StoredShift(then: then, now: now, seed: 5) == found)
  }

  @Test func whatHasNoRatio() {
    for (then, now, words) in [
      ([], [[1.0]], "no value then"), ([[1]], [[]], "no value now"),
      ([[0]], [[1]], "not above 0"), ([[1]], [[.nan]], "not a finite number"),
    ] as [([[Double]], [[Double]], String)] {
      let error = #expect(throws: LaunchReproduction.Unable.self) {
        try StoredShift(then: then, now: now)
      }
      #expect(error?.reason.contains(words) == true, "\(then) \(now)")
    }
  }

  /// With nothing changed: 4 launches and 5 hold 1 in 95 of 100 cases at least, fewer do not, as the
  /// type's comment says.
  @Test(arguments: [(2, 0.87), (3, 0.92), (4, 0.95)])
  func coverage(then: Int, expected: Double) throws {
    let rounds = 80
    var dice = SeededGenerator(seed: UInt64(then))
    func launch() -> [Double] {
      let own = 0.02 * dice.normal()
      return (0..<10).map { _ in exp(own + 0.02 * dice.normal()) }
    }
    var held = 0
    for _ in 0..<rounds {
      let found = try StoredShift(
        then: (0..<then).map { _ in launch() }, now: (0..<5).map { _ in launch() })
      if try #require(found.interval).contains(1) { held += 1 }
    }
    let share = Double(held) / Double(rounds)
    // Four standard errors of 80 draws about the figure.
    let error = 4 * (expected * (1 - expected) / Double(rounds)).squareRoot()
    #expect(abs(share - expected) <= error, "\(then) launches then: \(share)")
  }

  // MARK: Sweeps

  private static let rate = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher, definition: "Rate.")
  private static let time = Metric(
    id: "kernel/seconds", unit: .seconds, better: .lower, definition: "Time.")

  private func point(_ threads: Int) -> Point {
    Point(
      benchmark: "decode", kind: "generate",
      configuration: Configuration(["engine.threads": .int(threads)]), axes: ["engine.threads"])
  }

  /// One launch for each median, of three samples.
  private func runs(
    _ point: Point, sweep: String, rates: [Double], output: String = "a",
    status: RunStatus = .completed, metric: Metric = rate
  ) -> [ResultSet.Run] {
    rates.enumerated().map { launch, rate in
      let id = "\(sweep)-\(point.id.prefix(6))-\(launch)"
      let record = RunRecord(
        id: id, sweepID: sweep, point: point, launch: launch, order: launch,
        startedAt: "2026-03-0\(launch + 1)T10:00:00.000Z", status: status,
        reason: status == .completed ? nil : "signal 11")
      let samples = (0..<3).map { index in
        var observation = Observation(startNs: 0, endNs: 1_000)
        observation.outputFingerprint = output
        return SampleRecord(
          runID: id, index: index, warmup: false, startedAt: "2026-03-01T10:00:02.000Z",
          observation: observation,
          measurements: [
            Measurement(metric, .value(rate * [0.999, 1, 1.001][index])),
            Measurement(Self.time, .value(1 / rate)),
          ])
      }
      return ResultSet.Run(record: record, samples: samples)
    }
  }

  private func sweep(
    _ id: String, at: String, runs: [ResultSet.Run], load: Double = 0.1
  ) -> ResultSet.Sweep {
    let machine = MachineRecord(name: "box", facts: ["cpu.model": "X"])
    return ResultSet.Sweep(
      record: SweepRecord(
        id: id, suite: "small", planHash: "p", suiteText: "", command: "tacho", startedAt: at,
        machine: machine, build: BuildRecord(facts: ["git.revision": .string(id)])),
      runs: runs,
      events: [
        EventRecord(
          sweepID: id, at: "2026-01-01T00:00:00.000Z", kind: "conditions",
          message: #"{"load_average":[\#(load)]}"#)
      ])
  }

  @Test func pointsAreSetSideBySide() throws {
    let (one, two, three, four) = (point(1), point(2), point(3), point(4))
    let steady = [100.0, 101, 99, 100]
    let then = sweep(
      "old", at: "2026-03-01T10:00:00.000Z",
      runs: runs(one, sweep: "old", rates: steady) + runs(two, sweep: "old", rates: steady)
        + runs(three, sweep: "old", rates: steady))
    let now = sweep(
      "new", at: "2026-03-03T22:00:00.000Z",
      runs: runs(one, sweep: "new", rates: [80, 80, 81, 79], output: "b")
        + runs(two, sweep: "new", rates: steady, status: .crashed), load: 7)
    let found = StoredComparison(
      then: then, now: now, points: [four, two, one], metrics: { _ in [Self.rate, Self.time] })
    #expect(found.rows.map(\.point) == [two, one])
    #expect(found.suiteOnly == [four.name] && found.storedOnly == [three.name])
    #expect(found.days == 2.5)
    let slower = found.rows[1]
    let rate = try slower.figures[0].shift.get()
    #expect(abs(rate.ratio - 0.8) < 0.01 && rate.standing == .beyond)
    #expect(slower.figures[0].isWorse == true && slower.figures[1].isWorse == true)
    #expect(try slower.figures[1].shift.get().ratio > 1.2)
    #expect(slower.failures == [])
    guard case .different(_, "a", "b", 3, of: 3) = slower.output else {
      Issue.record("\(slower.output)")
      return
    }
    // What crashed counts in no figure.
    #expect(found.rows[0].failures.count == 4)
    #expect(found.rows[0].failures[0] == "launch 0: crashed, signal 11")
    #expect(throws: LaunchReproduction.Unable.self) { try found.rows[0].figures[0].shift.get() }
    #expect(found.intervals == (2, 2))
    #expect(found.differences.map(\.path) == ["load_average"])
  }

  @Test func anotherDefinitionIsNotCompared() throws {
    let point = point(1)
    let newer = Metric(
      id: Self.rate.id, unit: Self.rate.unit, better: .higher, version: 2, definition: "Other.")
    let found = StoredComparison(
      then: sweep("old", at: "", runs: runs(point, sweep: "old", rates: [1, 1])),
      now: sweep("new", at: "", runs: runs(point, sweep: "new", rates: [1, 1], metric: newer)),
      points: [point], metrics: { _ in [Self.rate] })
    let error = #expect(throws: LaunchReproduction.Unable.self) {
      try found.rows[0].figures[0].shift.get()
    }
    #expect(error?.reason == "version 1 of its definition then, 2 now")
    #expect(found.days == nil && found.intervals == (0, 0))
  }

  @Test func anotherMachineIsToldByItsFacts() throws {
    let then = MachineRecord(
      name: "old-box", facts: ["cpu.model": "X", "os.name": "A", "vendor.thing": 1, "same": 1])
    let now = MachineRecord(
      name: "new-box", facts: ["cpu.model": "Y", "os.name": "B", "same": 1, "added": true])
    #expect(MachineMismatch(then, MachineRecord(name: "other name", facts: then.facts)) == nil)
    let found = try #require(MachineMismatch(then, now))
    #expect(found.facts.prefix(2) == ["cpu.model: X then, Y now", "os.name: A then, B now"])
    #expect(Set(found.facts.map { $0.prefix { $0 != ":" } }).count == found.facts.count)
    #expect(found.facts.contains("vendor.thing: 1 then, not on record now"))
    #expect(found.facts.contains("added: not on record then, true now"))
    #expect(!found.facts.contains { $0.hasPrefix("same") })
    #expect(found.description.contains("--base REF"))
  }
}
