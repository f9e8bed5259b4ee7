// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

/// Where series change, how often they seem to when they do not, and what appending does.
@Suite struct ChangePointTests {
  /// Logarithms with a robust standard deviation of 1%, a tenth of them eight times as far out.
  static func noise(
    _ count: Int, outliers: Bool = false, _ generator: inout SeededGenerator
  ) -> [Double] {
    (0..<count).map { _ in
      0.01 * generator.normal() * (outliers && generator.uniform() < 0.1 ? 8 : 1)
    }
  }

  static func stepped(_ values: [Double], from: Int, to: Int? = nil, by step: Double) -> [Double] {
    values.enumerated().map {
      $0.offset >= from && $0.offset < to ?? .max ? $0.element + step : $0.element
    }
  }

  @Test func stepIsFoundWithItsSize() throws {
    let seed: UInt64 = 3
    var generator = SeededGenerator(seed: seed)
    let values = Self.stepped(Self.noise(60, &generator), from: 30, by: log(1.05))
    let changes = RankEDivisive().changes(in: values, identity: "step")
    #expect(changes.changePoints.count == 1, "seed \(seed)")
    let point = try #require(changes.changePoints.first)
    #expect(abs(point.index - 30) <= 1)
    #expect(point.p <= 0.01 && point.p >= 1.0 / 1250)
    let interval = try #require(point.shift.interval)
    #expect(interval.contains(log(1.05)) && interval.contains(point.shift.estimate))
    #expect(abs(point.after.median - point.before.median - log(1.05)) < 0.01)
    #expect(point.before.count == point.index && point.after.count == 60 - point.index)
    #expect(changes.windows == [.init(start: 0, end: 60, p: point.p)])
    #expect(abs((changes.deviation ?? 0) - 0.01) < 0.004)
    #expect(!changes.isCorrelated(count: 60))
  }

  /// What came and went is invisible to a split in two, and found by the other question.
  @Test func stretchIsFound() throws {
    let seed: UInt64 = 8
    var generator = SeededGenerator(seed: seed)
    let values = Self.stepped(Self.noise(60, &generator), from: 25, to: 36, by: 0.06)
    let points = RankEDivisive().changes(in: values, identity: "stretch").changePoints
    #expect(points.count == 2, "seed \(seed): \(points)")
    #expect(zip(points.map(\.index), [25, 36]).allSatisfy { abs($0 - $1) <= 1 })
    #expect((points.first?.shift.estimate ?? 0) > 0.04)
    #expect((points.last?.shift.estimate ?? 0) < -0.04)
  }

  @Test func seriesWithNothingToTest() {
    let rules = RankEDivisive()
    for values in [[], [1], [Double](repeating: 2, count: 9)] {
      let changes = rules.changes(in: values, identity: "short")
      #expect(changes.changePoints.isEmpty && changes.windows.isEmpty)
    }
    let equal = rules.changes(in: [Double](repeating: 2, count: 200), identity: "equal")
    #expect(equal.changePoints.isEmpty && equal.windows.allSatisfy { $0.p == 1 })
    #expect(equal.autocorrelation == nil && equal.deviation == 0)
  }

  /// Significant, but below 1%: no change point.
  ///
  /// The same step, asked for, is one.
  @Test func smallStepIsBelowTheFloor() {
    var generator = SeededGenerator(seed: 4)
    let values = Self.stepped(
      Self.noise(60, &generator).map { $0 / 20 }, from: 30, by: log(1.005))
    var rules = RankEDivisive()
    #expect(rules.changes(in: values, identity: "small").changePoints.isEmpty)
    rules.smallestShift = log(1.002)
    #expect(rules.changes(in: values, identity: "small").changePoints.map(\.index) == [30])
    let held = rules.changes(in: values, identity: "small") { abs($0 - 30) < 5 ? 0.006 : 0 }
    #expect(held.changePoints.isEmpty)
  }

  /// Values of the noise alone: at most the level, in series of one window.
  ///
  /// The level is raised so that
  /// a few hundred series can tell; with an effect floor there are far fewer.
  @Test(arguments: [false, true]) func falseAlarmsKeepTheLevel(outliers: Bool) {
    let seed: UInt64 = 17
    var generator = SeededGenerator(seed: seed)
    var rules = RankEDivisive()
    rules.permutations = 99
    rules.alpha = 0.1
    rules.smallestShift = 0
    rules.deviations = 0
    let trials = 150
    let alarms = (0..<trials).count { trial in
      let values = Self.noise(40, outliers: outliers, &generator)
      return !rules.changes(in: values, identity: "\(trial)").changePoints.isEmpty
    }
    // 15 expected; 29 or more of 150 have a chance of 3e-4 at the level.
    #expect(alarms < 29, "seed \(seed): \(alarms)")
    // A test that never alarms keeps any level: below 4 has a chance of 2e-4.
    #expect(alarms >= 4, "seed \(seed): \(alarms)")
  }

  /// +3% in the noise of 1% with outliers.
  @Test(arguments: [30, 48]) func powerOfThreePercent(from: Int) {
    let seed: UInt64 = 23
    var generator = SeededGenerator(seed: seed)
    let trials = 30
    let found = (0..<trials).count { trial in
      let values = Self.stepped(
        Self.noise(60, outliers: true, &generator), from: from, by: log(1.03))
      return RankEDivisive().changes(in: values, identity: "\(trial)").changePoints
        .contains { abs($0.index - from) <= 5 }
    }
    #expect(found >= 25, "seed \(seed): \(found) of \(trials)")
  }

  /// Looked at again after every appended value: a series that never changes alarms rarely.
  @Test func appendsToStationarySeriesAlarmRarely() {
    let seed: UInt64 = 29
    var generator = SeededGenerator(seed: seed)
    let trials = 6
    var looks = 0
    var alarms = 0
    for trial in 0..<trials {
      let values = Self.noise(100, outliers: true, &generator)
      for count in stride(from: 10, through: 100, by: 3) {
        looks += 1
        let changes = RankEDivisive().changes(
          in: Array(values[..<count]), identity: "\(trial)")
        if !changes.changePoints.isEmpty { alarms += 1 }
      }
    }
    #expect(alarms * 50 <= looks, "seed \(seed): \(alarms) alarms in \(looks) looks")
  }

  /// What a full window found is found whatever comes after it.
  @Test func fullWindowsNeverChange() throws {
    let seed: UInt64 = 31
    var generator = SeededGenerator(seed: seed)
    var values = Self.stepped(Self.noise(200, &generator), from: 40, by: log(1.04))
    values = Self.stepped(values, from: 130, by: -log(1.05))
    let rules = RankEDivisive()
    var first: Int?
    for count in stride(from: 60, through: 200, by: 7) {
      let changes = rules.changes(in: Array(values[..<count]), identity: "growing")
      let early = changes.changePoints.filter { $0.index < 60 }
      #expect(early.count == 1, "seed \(seed), \(count): \(early)")
      if let first { #expect(early.first?.index == first, "seed \(seed), \(count)") }
      first = early.first?.index
      for window in changes.windows {
        #expect(window.start % 30 == 0 && window.end == min(window.start + 60, count))
      }
    }
    let all = rules.changes(in: values, identity: "growing").changePoints.map(\.index)
    #expect(all.count == 2, "seed \(seed): \(all)")
    #expect(zip(all, [40, 130]).allSatisfy { abs($0 - $1) <= 2 }, "\(all)")
  }

  @Test func onlyRanksOfTheNoiseMatterToP() {
    var generator = SeededGenerator(seed: 6)
    let values = Self.stepped(Self.noise(40, &generator), from: 20, by: 0.03)
    let rules = RankEDivisive()
    let one = rules.changes(in: values, identity: "a")
    #expect(rules.changes(in: values, identity: "a") == one)
    let cubed = rules.changes(in: values.map { $0 * $0 * $0 * 1e4 }, identity: "a")
    #expect(cubed.windows == one.windows)
    let other = rules.changes(in: values, identity: "b")
    #expect(other.changePoints.map(\.index) == one.changePoints.map(\.index))
  }

  /// Permutations cannot make up for values that follow each other; then it is said.
  @Test func correlationIsSeen() {
    var generator = SeededGenerator(seed: 9)
    var last = 0.0
    let values = (0..<60).map { _ in
      last = 0.7 * last + 0.01 * generator.normal()
      return last
    }
    var rules = RankEDivisive()
    rules.deviations = 100
    let changes = rules.changes(in: values, identity: "drift")
    #expect(changes.isCorrelated(count: 60), "\(String(describing: changes.autocorrelation))")
  }
}
