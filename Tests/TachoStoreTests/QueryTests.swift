// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoStore

@Suite struct QueryTests {
  @Test func latestSweepBySuiteAndPlan() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      #expect(try store.latestSweep() == nil)
      #expect(try store.results() == nil)
      var older = StoreFixtures.sweep("older")
      older.startedAt = "2026-11-20T09:00:00.000Z"
      var other = StoreFixtures.sweep("other", suite: "kernels")
      other.planHash = "p2"
      try store.begin(StoreFixtures.sweep("newer"))
      try store.begin(older)
      try store.begin(other)
      #expect(try store.sweeps().map(\.id) == ["older", "newer", "other"])
      #expect(try store.latestSweep(suite: "spine")?.id == "newer")
      #expect(try store.latestSweep(suite: "spine", planHash: "p2") == nil)
      #expect(try store.latestSweep(planHash: "p2")?.id == "other")
      #expect(try store.results(latest: "kernels")?.record.id == "other")
      #expect(throws: StoreError.noSuchSweep(id: "typo", known: ["older", "newer", "other"])) {
        try store.results(of: "typo")
      }
    }
  }

  @Test func aResumedSweepMustBeTheSame() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.sweep())
      #expect(try store.sweeps().count == 1)
      var plan = StoreFixtures.sweep()
      plan.planHash = "p9"
      #expect(throws: StoreError.sweepDiffers(id: "sweep-1", what: "plan")) {
        try store.begin(plan)
      }
      var build = StoreFixtures.sweep()
      build.build = BuildRecord(facts: ["version": "0.2"])
      #expect(throws: StoreError.sweepDiffers(id: "sweep-1", what: "build")) {
        try store.begin(build)
      }
    }
  }

  @Test func unknownParentsAreNamed() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      #expect(throws: StoreError.noSuchSweep(id: "sweep-1", known: [])) {
        try store.begin(StoreFixtures.run())
      }
      #expect(throws: StoreError.noSuchRun(id: "run-1")) {
        try store.append(StoreFixtures.sample(0))
      }
      #expect(throws: StoreError.noSuchRun(id: "run-1")) { try store.finish(StoreFixtures.run()) }
      #expect(throws: StoreError.self) { try store.append(StoreFixtures.event()) }
    }
  }

  @Test func durationsOfThisPointOnThisMachine() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store)
      let point = StoreFixtures.point().id
      let machine = StoreFixtures.sweep().machine.id
      let seconds = try store.durationHistory(pointID: point, machineID: machine)
      #expect(seconds.count == 1)
      #expect(abs((seconds.first ?? 0) - 10.5) < 0.01)
      #expect(try store.durationHistory(pointID: point, machineID: "elsewhere").isEmpty)
      #expect(try store.durationHistory(pointID: "other", machineID: machine).isEmpty)
    }
  }

  /// The view leaves out what `SampleSelection` leaves out.
  @Test(arguments: [
    ([false, true, false, false], Contamination.repeat, 3),
    ([false, true, true, false], .repeat, 2),
    ([true, true, true, false], .repeat, 4), ([false, true, false, false], .keep, 4),
  ])
  func summariesCountWhatReportsCount(
    flags: [Bool], contaminated: Contamination, expected: Int
  ) throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      var run = StoreFixtures.run()
      run.policy?.contaminated = contaminated
      try store.begin(run)
      for (index, flagged) in flags.enumerated() {
        var sample = StoreFixtures.sample(index)
        sample.warmup = false
        sample.measurements = [Measurement(StoreFixtures.speed, .value(Double(index)))]
        sample.flag = flagged ? "steal" : nil
        try store.append(sample)
      }
      let read = try store.results(of: "sweep-1").runs[0]
      let values = read.values(of: StoreFixtures.speed.id)
      let row = try store.queue.read {
        try Row.fetchOne($0, sql: "SELECT n, mean FROM v_point_summary")
      }
      #expect(values.count == expected && row?["n"] == expected)
      #expect(row?["mean"] == values.reduce(0, +) / Double(expected))
    }
  }

  @Test func mergingTwiceIsMergingOnce() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store, sweep: "here")
      let otherPath = path + ".other"
      let other = try ResultStore(path: otherPath)
      // Metrics and operations get keys in another order there.
      var reversed = StoreFixtures.sample(0, run: "early")
      reversed.measurements.reverse()
      reversed.observation.trace?.launches.reverse()
      try other.begin(StoreFixtures.sweep("there"))
      try other.begin(StoreFixtures.run("early", sweep: "there"))
      try other.append(reversed)
      try StoreFixtures.fill(other, sweep: "there too")

      let first = try store.merge(from: otherPath)
      #expect(first == MergeSummary(sweeps: 2, runs: 2, samples: 4, events: 2))
      let second = try store.merge(from: otherPath)
      #expect(second == MergeSummary(sweeps: 0, runs: 0, samples: 0, events: 0))
      for id in ["there", "there too"] {
        let merged = try store.results(of: id)
        let original = try other.results(of: id)
        #expect(merged.record == original.record)
        #expect(merged.events == original.events)
        #expect(merged.runs.map(\.record) == original.runs.map(\.record))
        for (mine, theirs) in zip(merged.runs, original.runs) {
          #expect(mine.samples.map(\.observation) == theirs.samples.map(\.observation))
          #expect(mine.samples.map(\.environment) == theirs.samples.map(\.environment))
          #expect(
            mine.samples.map { Set($0.measurements) } == theirs.samples.map { Set($0.measurements) }
          )
        }
      }
      #expect(throws: StoreError.mergeWithItself(path: path)) { try store.merge(from: path) }
      #expect(throws: StoreError.missing(path: path + ".nope")) {
        try store.merge(from: path + ".nope")
      }
    }
  }

  /// A run copied while it was running is completed by the next merge.
  @Test func mergingBringsTheEnding() throws {
    try StoreFixtures.withStorePath { path in
      let node = try ResultStore(path: path + ".node")
      try node.begin(StoreFixtures.sweep())
      var run = StoreFixtures.run()
      try node.begin(run)
      try node.append(StoreFixtures.sample(0))
      let store = try ResultStore(path: path)
      try store.merge(from: path + ".node")
      #expect(try store.samplesDone("sweep-1").map(\.status) == [.running])
      try node.append(StoreFixtures.sample(1))
      run.status = .completed
      run.finishedAt = "2026-11-21T09:00:09.000Z"
      try node.finish(run)
      let summary = try store.merge(from: path + ".node")
      #expect(summary == MergeSummary(sweeps: 0, runs: 0, samples: 1, events: 0))
      #expect(try store.samplesDone("sweep-1").map(\.status) == [.completed])
      #expect(try store.samplesDone("sweep-1").map(\.countedSamples) == [1])
    }
  }
}
