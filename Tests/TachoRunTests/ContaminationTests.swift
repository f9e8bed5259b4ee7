// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// Flagged samples from the sentinel to the record: scripted, and with a real hog.
@Suite struct ContaminationTests {
  let clock = FakeClock()
  let sink = MemorySink()
  let interruption = ManualInterruption()

  static let calm = EnvironmentReading(stealSeconds: 0, cpuPressureSeconds: 0)
  static let stolen = EnvironmentReading(stealSeconds: 0.02, cpuPressureSeconds: 0.06)

  /// Readings before and after each sample: true is a disturbed one.
  static func readings(_ disturbed: [Bool]) -> [EnvironmentReading] {
    disturbed.flatMap { [calm, $0 ? stolen : calm] }
  }

  static func policy(_ fewest: Int, _ most: Int) -> MeasurementPolicy {
    MeasurementPolicy(
      warmupMin: 0, warmupMax: 0, samplesMin: fewest, relativeHalfWidth: 0, samplesMax: most,
      secondsMax: 1000)
  }

  func execute(
    _ plan: Plan, disturbed: [Bool], script: Script = Script(), resuming history: RunHistory? = nil
  ) throws -> ScriptedFactory {
    let workers = ScriptedFactory(script, clock: clock)
    var next = sink.runs.count
    let runner = Runner(
      sweep: RunnerTests.sweep, sink: sink, workers: workers, interruption: interruption,
      clock: clock, environment: ScriptedEnvironment(Self.readings(disturbed)),
      conditions: { [:] },
      makeID: {
        next += 1
        return "run\(next)"
      })
    _ = try runner.execute(plan, schedule: Schedule(plan, seed: 1), resuming: history)
    return workers
  }

  @Test func markedAndKept() throws {
    _ = try execute(
      RunnerTests.plan(policy: .fixed(2, warmup: 0)), disturbed: [true, false])
    #expect(
      sink.samples.map(\.flag) == [
        "steal 2.0% of the sample's time, cpu pressure 6.0% of the sample's time", nil,
      ])
    #expect(sink.samples[0].environment?.stealSeconds == 0.02)
    #expect(sink.samples[0].environment?.wallSeconds == 1)
    #expect(sink.samples[0].environment?.unavailable["foreignSeconds"] != nil)
    #expect(
      sink.runs[0].reason == "2 samples: the most asked for; 1 of 2 samples flagged and counted")
    #expect(sink.runs[0].policy == .fixed(2, warmup: 0))
  }

  @Test func repeated() throws {
    _ = try execute(
      RunnerTests.plan(policy: Self.policy(3, 3)), disturbed: [true, false, false, true, false])
    #expect(sink.samples.count == 5)
    #expect(
      sink.runs[0].reason == "3 samples: the most asked for; 2 of 5 samples flagged and repeated")
    let sweep = try #require(sink.resultSweep)
    #expect(sweep.runs[0].values(of: "sample/seconds").count == 3)
    #expect(SampleSelection.counted(sweep.runs)[0].map(\.index) == [1, 2, 4])
  }

  /// Broken off anywhere, a continued launch ends with the samples that an undisturbed one has.
  @Test(arguments: 0..<7) func resumed(stopAt: Int) throws {
    let plan = RunnerTests.plan(policy: Self.policy(4, 4))
    let disturbed = [true, false, true, false, false, true, false]
    let interruption = interruption
    let script = Script(beforeSample: { if $0 == stopAt { interruption.requests = 1 } })
    _ = try execute(plan, disturbed: disturbed, script: script)
    interruption.requests = 0
    let taken = sink.samples.count
    let history = RunHistory(try #require(sink.resultSweep))
    _ = try execute(plan, disturbed: Array(disturbed.dropFirst(taken)), resuming: history)
    let sweep = try #require(sink.resultSweep)
    #expect(sink.samples.count == 7)
    let counted = SampleSelection.counted(sweep.runs).joined()
    #expect(counted.count == 4 && counted.allSatisfy { $0.flag == nil })
    #expect(
      sink.runs.last?.reason?.contains("3 of 7 samples flagged and repeated") == true,
      "\(sink.runs.map(\.reason))")
  }

  /// Samples of a run whose policy nobody kept count as they always did.
  @Test func selection() {
    func run(_ flags: [Bool], _ policy: MeasurementPolicy?) -> ResultSet.Run {
      var record = RunRecord(
        id: "r", sweepID: "s", point: RunnerTests.plan().points[0].point, launch: 0, order: 0,
        startedAt: "t")
      record.policy = policy
      return ResultSet.Run(
        record: record,
        samples: flags.enumerated().map { index, flagged in
          SampleRecord(
            runID: "r", index: index, warmup: false, startedAt: "t",
            observation: Observation(startNs: 0, endNs: 1), measurements: [],
            flag: flagged ? "steal" : nil)
        })
    }
    func counts(_ runs: ResultSet.Run...) -> [Int] { SampleSelection.counted(runs).map(\.count) }
    #expect(counts(run([true, false, false], nil)) == [3])
    #expect(counts(run([true, false, false], Self.policy(2, 9))) == [2])
    #expect(counts(run([true, true, false], Self.policy(2, 9))) == [3])
    #expect(
      counts(run([true, false], Self.policy(2, 9)), run([false], Self.policy(2, 9))) == [1, 1])
    // The last run's policy is the launch's.
    #expect(
      counts(run([true, false], Self.policy(9, 9)), run([false], Self.policy(2, 9))) == [1, 1])
    #expect(
      counts(run([true, false], Self.policy(2, 9)), run([false], Self.policy(9, 9))) == [2, 1])
    #expect(counts(run([true, false], .fixed(1, warmup: 0))) == [2])
    #expect(counts() == [])
  }

  @Test func aChangedPolicyIsSaid() throws {
    let before = RunnerTests.plan(2, policy: Self.policy(3, 3), launches: 2)
    _ = try execute(before, disturbed: [])
    let history = RunHistory(try #require(sink.resultSweep))
    #expect(history.launchesWithOtherPolicy(in: before.points) == 0)
    let after = RunnerTests.plan(2, policy: Self.policy(5, 9), launches: 2)
    #expect(history.launchesWithOtherPolicy(in: after.points) == 4)
    _ = try execute(after, disturbed: [], resuming: history)
    #expect(
      sink.events.contains {
        $0.kind == "policy-changed" && $0.message.contains("for 4 launches")
      })
  }

  /// A shell that works for a moment in each sample, between hogs on every processor.
  @Test func hogsAreSeen() throws {
    let worker = WorkerCommand([
      "/bin/sh", "-c",
      """
      read a; echo '\(WorkerProcessTests.hello)'; read a; echo '{"type":"prepared"}'
      while read a; do
        case "$a" in *finish*) echo '{"type":"finished"}'; exit;; esac
        i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done
        echo '{"type":"sample","observation":{"startNs":5,"endNs":9}}'
      done
      """,
    ])
    let hogs = try (0..<max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)).map { _ in
      let hog = Process()
      hog.executableURL = URL(fileURLWithPath: "/bin/sh")
      // Should it outlive this process, the kernel ends it after some seconds of its time.
      hog.arguments = ["-c", "ulimit -t 30; while :; do :; done"]
      try hog.run()
      return hog
    }
    defer {
      for hog in hogs {
        // It inherited a mask that blocks the gentler signals.
        kill(hog.processIdentifier, SIGKILL)
        hog.waitUntilExit()
      }
    }
    let plan = RunnerTests.plan(policy: Self.policy(2, 2))
    let runner = Runner(
      sweep: RunnerTests.sweep, sink: sink, workers: ProcessWorkerFactory { _ in worker },
      conditions: { [:] })
    let outcome = try runner.execute(plan, schedule: Schedule(plan, seed: 1))
    #expect(outcome.count(.completed) == 1, "\(sink.runs.map(\.reason))")
    // Never quiet: each is repeated once, and then all count.
    #expect(sink.samples.count == 4)
    for sample in sink.samples {
      #expect(sample.flag?.contains("other processes used") == true, "\(sample)")
      #expect((sample.environment?.foreignSeconds ?? 0) > 0.03, "\(sample)")
      #expect((sample.environment?.workerSeconds ?? 0) > 0, "\(sample)")
    }
    #expect(sink.runs[0].reason?.contains("4 of 4 samples flagged: counted") == true)
  }
}
