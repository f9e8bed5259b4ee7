// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Histories made of jobs of the gate.
@Suite struct GateHistoryTests {
  static func job(
    _ candidate: String, against base: String, day: Int, shifts: [Double], half: Double = 0.003,
    machine: String = "m", invalid: [String] = [], id: String? = nil, suite: String = "nightly"
  ) -> GateHistory.Job {
    let members = shifts.indices.map { index in
      GateMember(
        id: "p\(index)", name: "gemv f\(index)", role: .point, series: ["p\(index)"],
        statistic: "p10", margins: .points)
    }
    let watchers = [
      GateMember(
        id: "s0", name: "sentinel: gemv f0", role: .sentinel, series: ["s0"], statistic: "p10",
        margins: .points),
      GateMember(
        id: "c0", name: "control", role: .control, series: ["c0"], statistic: "p10",
        margins: .points),
    ]
    func build(_ name: String) -> GateBuild {
      GateBuild(
        reference: name, revision: name.hasPrefix("dirty") ? nil : name, buildID: "b" + name,
        digest: name + "0123456789")
    }
    let sweepID = id ?? "\(candidate) \(base) \(day) \(machine)"
    let record = GateRecord(
      sweepID: sweepID, base: build(base), candidate: build(candidate), policy: GatePolicy(),
      seed: 1,
      series: (members + watchers).map {
        GateSeries(id: $0.id, name: $0.name, role: $0.role, pointID: "point \($0.id)")
      },
      members: members + watchers, expected: shifts.count)
    let decisions = (members + watchers).enumerated().map { index, member in
      let shift = index < shifts.count ? shifts[index] : 0.05
      return GateDecision(
        memberID: member.id, verdict: .pass, pairs: 20, shift: shift, low: shift - half,
        high: shift + half, reason: "")
    }
    let date = String(format: "2026-%02d-%02dT01:00:00Z", 1 + day / 28, 1 + day % 28)
    return GateHistory.Job(
      result: GateResult(
        record: record, decisions: decisions, invalid: invalid, startedAt: date, finishedAt: date),
      sweep: SweepRecord(
        id: sweepID, suite: "gate-" + suite, planHash: "", suiteText: "",
        command: "tacho gate --base r suites/nightly.yaml", startedAt: date,
        machine: MachineRecord(name: machine, facts: ["m": .string(machine)]),
        build: BuildRecord(facts: [:])))
  }

  /// Forty nights, the reference replaced twice with one job that measures both: the true level of each
  /// build comes out, to the ties' error, and so does the step, where it is.
  @Test(arguments: UInt64(1)...20) func stepsComeOutAcrossReferences(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let noise = ChangePointTests.noise(200, &generator).map { $0 / 10 }
    let step = 8 + generator.index(below: 24)
    func truth(_ build: Int) -> Double { build < step ? 0 : 0.06 }
    let replaced = [0, 13, 27]
    var jobs: [GateHistory.Job] = []
    for build in 1..<40 {
      let reference = replaced.last { $0 < build } ?? 0
      let shift = truth(build) - truth(reference) + noise[build]
      jobs.append(
        Self.job(
          "b\(build)", against: "b\(reference)", day: build, shifts: [shift, noise[100 + build]]))
    }
    // Two stores, the second in disorder and with a copy of a job of the first.
    let stores = [Array(jobs[0..<20]), Array(jobs[20...].reversed()) + [jobs[3]]]
    let history = GateHistory(stores.flatMap { $0 })
    #expect(history.invalid == 0 && history.measurements.count == 78)
    let order = (0..<40).map { "b\($0)" }
    let series = history.pinned.series(revisions: order, isComplete: true)
    #expect(series.count == 2, "seed \(seed)")
    let one = try #require(series.first)
    #expect(one.basis == .reference("b0") && one.suite == "nightly" && one.point == "gemv f0")
    #expect(one.suiteFile == "suites/nightly.yaml" && one.metric == GateHistory.time)
    #expect(one.values.map(\.build.name) == Array(order.dropFirst()))
    for (index, value) in one.values.enumerated() {
      #expect(abs(value.value - truth(index + 1)) < 0.012, "seed \(seed): \(index)")
    }
    #expect(one.links.map(\.index) == [13, 27], "seed \(seed)")
    let changes = one.changes(by: RankEDivisive()).changePoints
    #expect(changes.count == 1, "seed \(seed): \(changes)")
    let found = try #require(changes.first)
    // An outlier at the step may stand on the other side of it.
    #expect(abs(found.index - (step - 1)) <= 2, "seed \(seed): \(found.index) for \(step)")
    #expect(abs(found.shift.estimate - 0.06) < 0.01, "seed \(seed)")
  }

  @Test func buildsStandInTheCommitsOrder() throws {
    // A bisection measured old commits later than new ones; one build has no commit.
    let jobs = [
      Self.job("c1", against: "c0", day: 1, shifts: [0.01]),
      Self.job("c9", against: "c0", day: 2, shifts: [0.09]),
      Self.job("dirty", against: "c0", day: 3, shifts: [0.5]),
      Self.job("c5", against: "c0", day: 4, shifts: [0.05]),
    ]
    let history = GateHistory(jobs)
    func names(_ revisions: [String]?, complete: Bool) -> [String] {
      history.series(revisions: revisions, isComplete: complete).first?.values.map(\.build.name)
        ?? []
    }
    let order = (0..<10).map { "c\($0)" }
    #expect(names(order, complete: true) == ["c1", "c5", "c9"])
    #expect(names(order, complete: false) == ["c1", "c5", "c9", "dirty dirty01"])
    #expect(names(nil, complete: false) == ["c1", "c9", "dirty dirty01", "c5"])
    #expect(names(["c9"], complete: true) == ["c9"])
  }

  @Test func whatProvesNothingAndWatchersAreLeftOut() {
    let history = GateHistory([
      Self.job("a", against: "r", day: 1, shifts: [0.01]),
      Self.job("b", against: "r", day: 2, shifts: [0.02], invalid: ["blind"]),
      Self.job("c", against: "r", day: 3, shifts: [0.03], machine: "other"),
    ])
    #expect(history.invalid == 1)
    #expect(history.measurements.map(\.shift) == [0.01, 0.03])
    // Machines are apart.
    #expect(history.series(revisions: nil, isComplete: false).count == 2)
  }

  /// Branches held against where each left main have no common reference.
  @Test func scatteredReferencesAreNoHistory() {
    let branches = (0..<6).map {
      Self.job("x\($0)", against: "y\($0)", day: $0, shifts: [0.01])
    }
    #expect(GateHistory(branches).pinned.measurements.isEmpty)
    let nightly = [
      Self.job("a", against: "release", day: 10, shifts: [0.01]),
      Self.job("b", against: "release", day: 11, shifts: [0.02]),
    ]
    let pinned = GateHistory(branches + nightly).pinned
    #expect(pinned.measurements.map(\.build.name) == ["a", "b"])
  }

  @Test func oneReferenceCanBeAskedFor() throws {
    let jobs = [
      Self.job("a", against: "r1", day: 1, shifts: [0.01]),
      Self.job("r2", against: "r1", day: 2, shifts: [0.1]),
      Self.job("b", against: "r2", day: 3, shifts: [0.02]),
      Self.job("r2", against: "r3", day: 4, shifts: [-0.2]),
      Self.job("c", against: "r3", day: 5, shifts: [0.03]),
      Self.job("d", against: "other", day: 6, shifts: [0.9]),
    ]
    let history = GateHistory(jobs).against("r2")
    let series = history.series(revisions: nil, isComplete: false)
    #expect(series.count == 1)
    let one = try #require(series.first)
    #expect(one.basis == .reference("r2"))
    #expect(one.values.map(\.build.name) == ["a", "r2", "b", "c"])
    let expected = [-0.09, 0, 0.02, 0.23]
    #expect(
      zip(one.values, expected).allSatisfy { abs($0.value - $1) < 1e-12 }, "\(one.values)")
    #expect(GateHistory(jobs).against("zz").measurements.isEmpty)
    #expect(GateHistory(jobs).against("").measurements.isEmpty)
  }
}
