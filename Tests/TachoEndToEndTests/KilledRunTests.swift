// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// Sweeps that are broken off, at any moment and in any way, and continued.
  @Suite struct KilledRunTests {
    let place: Workplace

    /// Three points in six worker processes, each of one warm-up and five samples of 20 ms or more.
    static let suite = """
      schema: 1
      name: long
      measure: { samples: 5, warmup: 1, launches: 2, contaminated: keep }
      benchmarks:
        empty:
          kind: kernel
          set: { kernel.op: "null", engine.threads: 1 }
          axes: { kernel.batch: [1, 2, 3] }

      """
    private let command = ["run", "long.yaml", "--store", "s.sqlite", "--quiet"]

    init() throws {
      place = try Workplace()
      try place.write("long.yaml", Self.suite)
    }

    /// Killed before its sweep was on record there is nothing to resume, perhaps not even a table.
    private func nextCommand() throws -> [String] {
      let store = try? ResultStore(path: place.path("s.sqlite"), readOnly: true)
      return try store?.sweeps().isEmpty == false ? command + ["--resume"] : command
    }

    /// Samples in the store; expects each run's to be numbered without a gap.
    private func samples() throws -> Int {
      let store = try ResultStore(path: place.path("s.sqlite"), readOnly: true)
      guard let sweep = try store.sweeps().first else { return 0 }
      let runs = try store.results(of: sweep.id).runs
      for run in runs { #expect(run.samples.map(\.index) == Array(0..<run.samples.count)) }
      return runs.reduce(0) { $0 + $1.samples.count }
    }

    private func checkEverySampleIsThereOnce() throws {
      let store = try ResultStore(path: place.path("s.sqlite"), readOnly: true)
      #expect(try store.sweeps().count == 1)
      let runs = try place.sweep("s.sqlite").runs
      let launches = Dictionary(grouping: runs) { "\($0.record.point.id) \($0.record.launch)" }
      #expect(launches.count == 6)
      for (name, runs) in launches {
        #expect(runs.flatMap(\.samples).count { !$0.warmup } == 5, "\(name)")
        #expect(runs.count { $0.record.status == .completed } == 1, "\(name)")
        #expect(runs.allSatisfy { [.completed, .interrupted].contains($0.record.status) })
      }
      // Equal times would be one sample stored twice.
      let times = runs.flatMap(\.samples).map(\.observation.endNs)
      #expect(Set(times).count == times.count)
    }

    private func resumeToTheEnd() throws {
      let last = try place.start(try nextCommand()).result()
      #expect(last.code == 0, "\(last)")
      try checkEverySampleIsThereOnce()
      let nothing = try place.start(command + ["--resume"]).result()
      #expect(nothing.code == 0 && nothing.errors.contains("nothing is left"), "\(nothing)")
      try checkEverySampleIsThereOnce()
    }

    @Test func killedAtAnyMoment() throws {
      let seed = UInt64.random(in: 0..<1_000_000)
      print("moments of the kills: seed \(seed)")
      var state = seed
      var kills = 0
      while kills < 10 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let run = try place.start(try nextCommand())
        usleep(UInt32(state >> 33) % 800_000)
        let seen = (try? samples()) ?? 0
        run.send(SIGKILL)
        let result = try run.result()
        if result.code != -SIGKILL {
          #expect(result.code == 0, "seed \(seed): \(result)")
          break
        }
        kills += 1
        // What a reader saw is still there, and the worker went with its harness.
        #expect((try? samples()) ?? 0 >= seen, "seed \(seed)")
        #expect(try place.becomesEmpty(), "seed \(seed)")
      }
      #expect(kills >= 3, "seed \(seed): ended after \(kills) kills")
      try resumeToTheEnd()
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
      let run = try place.start(command)
      while run.isRunning, (try? samples()) ?? 0 < 3 { usleep(10_000) }
      run.send(signal)
      let result = try run.result()
      #expect(result.code == 130, "\(result)")
      #expect(result.errors.contains("continue with: "), "\(result)")
      #expect(
        result.errors.contains("run long.yaml --store s.sqlite --quiet --resume"), "\(result)")
      #expect(try place.becomesEmpty())
      try resumeToTheEnd()
    }

    /// A second process would measure what the first is measuring.
    @Test func resumedWhileItRuns() throws {
      let run = try place.start(command)
      while run.isRunning, (try? samples()) ?? 0 < 3 { usleep(10_000) }
      let early = try place.start(command + ["--resume"]).result()
      #expect(early.code == 2 && early.errors.contains("another process is measuring"), "\(early)")
      let result = try run.result()
      #expect(result.code == 0, "\(result)")
      try checkEverySampleIsThereOnce()
    }

    /// What is left of a sweep may be wanted under a filter or a budget of its own.
    @Test func otherPointsAreAnotherSweep() throws {
      let result = try place.start(command + ["--filter", "batch=1", "--resume"]).result()
      #expect(result.code == 2 && result.errors.contains("nothing to resume"), "\(result)")
    }

    @Test func twoProcessesFillOneStore() throws {
      let other = Self.suite.replacingOccurrences(of: "name: long", with: "name: other")
      try place.write("other.yaml", other)
      let runs = try ["long.yaml", "other.yaml", "long.yaml"].map {
        try place.start(["run", $0, "--store", "s.sqlite", "--quiet"])
      }
      for run in runs {
        let result = try run.result()
        #expect(result.code == 0, "\(result)")
      }
      let store = try ResultStore(path: place.path("s.sqlite"), readOnly: true)
      let sweeps = try store.sweeps()
      #expect(sweeps.map(\.suite).sorted() == ["long", "long", "other"])
      for sweep in sweeps {
        let runs = try store.results(of: sweep.id).runs
        #expect(runs.count == 6 && runs.allSatisfy { $0.record.status == .completed })
        #expect(runs.allSatisfy { $0.samples.count { !$0.warmup } == 5 })
      }
    }
  }
}
