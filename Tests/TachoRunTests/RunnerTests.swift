// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// The runner on scripted workers and a scripted clock: what it records, in which order.
@Suite struct RunnerTests {
  let clock = FakeClock()
  let sink = MemorySink()
  let interruption = ManualInterruption()

  static let sweep = SweepRecord(
    id: "s", suite: "test", planHash: "h", suiteText: "", command: "tacho run test.yaml",
    startedAt: "t", machine: MachineRecord(name: "m", facts: [:]), build: BuildRecord(facts: [:]))

  static func plan(
    _ count: Int = 1, policy: MeasurementPolicy = .fixed(3, warmup: 1), launches: Int = 1,
    skip: [Int: String] = [:]
  ) -> Plan {
    let points = (0..<count).map { index in
      PlannedPoint(
        point: Point(
          benchmark: "b", kind: "kernel", configuration: Configuration(["n": .int(index)]),
          axes: ["n"]),
        policy: policy, launches: launches, skip: skip[index])
    }
    return Plan(suite: "test", suiteText: "", points: points)
  }

  func execute(
    _ plan: Plan, _ workers: ScriptedFactory, environment: [EnvironmentReading] = [],
    resuming history: RunHistory? = nil, retryFailures: Bool = false
  ) throws -> SweepOutcome {
    var next = sink.runs.count
    let runner = Runner(
      sweep: Self.sweep, sink: sink, workers: workers, interruption: interruption, clock: clock,
      environment: ScriptedEnvironment(environment), conditions: { ["load": .int(1)] },
      makeID: {
        next += 1
        return "run\(next)"
      })
    return try runner.execute(
      plan, schedule: Schedule(plan, seed: 1), resuming: history, retryFailures: retryFailures)
  }

  /// Traces are asked for when no sample is to follow, warm-up's too, and their metrics are stored.
  @Test func tracesComeAfterTheLastSample() throws {
    var script = Script(seconds: [2, 1])
    script.holdsTraces = true
    script.trace = { index in
      .trace(
        SampleTrace(
          launches: [
            LaunchRecord(
              op: "a", variant: "v", step: 0, layer: 0, enqueueNs: 0, endNs: 500_000_000,
              workerNs: [index, 400_000_000])
          ], steps: [StepRecord(step: 0, rows: 1, startNs: 0, endNs: 500_000_000)]))
    }
    let workers = ScriptedFactory(script, clock: clock)
    #expect(try execute(Self.plan(), workers).summary == "1 completed")
    #expect(
      sink.log == ["begin"] + Array(repeating: "sample", count: 4)
        + Array(repeating: "trace", count: 4) + ["completed"])
    let sample = sink.samples[3]
    #expect(sample.observation.trace?.launches.first?.workerNs == [3, 400_000_000])
    let ids = sample.measurements.map(\.metric.id)
    #expect(ids.contains("launch/exec") && Set(ids).count == ids.count)
    // Half of a second's sample is explained: that is said.
    let warnings = sink.events.filter { $0.kind == "unexplained-time" }
    #expect(warnings.count == 4)
    #expect(warnings.last?.message.contains("by 50.0%") == true)
  }

  @Test func impossibleTracesFailTheRun() throws {
    var script = Script(seconds: [2, 1])
    script.holdsTraces = true
    script.trace = { _ in
      .trace(SampleTrace(steps: [StepRecord(step: 0, rows: 1, startNs: 5, endNs: 4)]))
    }
    let outcome = try execute(Self.plan(), ScriptedFactory(script, clock: clock))
    #expect(outcome.counts[.failed] == 1, "\(outcome.summary)")
    #expect(sink.runs[0].reason?.contains("trace of sample 0 is impossible") == true)
    // The samples stay.
    #expect(sink.samples.count == 4)
  }

  @Test func recordsEverySampleAndTheEnd() throws {
    let workers = ScriptedFactory(Script(seconds: [2, 1]), clock: clock)
    let outcome = try execute(Self.plan(), workers)
    #expect(outcome.summary == "1 completed")
    #expect(sink.sweeps.map(\.id) == ["s"])
    #expect(sink.log == ["begin", "sample", "sample", "sample", "sample", "completed"])
    #expect(sink.samples.map(\.warmup) == [true, false, false, false])
    #expect(sink.samples.map(\.index) == [0, 1, 2, 3])
    #expect(
      sink.samples[1].measurements.first
        == Measurement(SampleSeconds.metric, .value(1)))
    let run = try #require(sink.runs.first)
    #expect(run.reason == "3 samples: the most asked for; 1 warm-up")
    #expect(run.facts["loaded"] == .bool(true) && run.facts["left"] == .bool(true))
    #expect(run.facts["worker.engine"] == .string("scripted"))
    #expect(run.stderrTail == "tail" && run.finishedAt == "t1005.0")
    #expect(sink.events.map(\.kind) == ["started", "conditions", "finished"])
    #expect(sink.events[1].message == #"{"load":1}"#)
    #expect(workers.started[0].ends.first == 5)
  }

  @Test func seedsDependOnPointAndIndexOnly() throws {
    let first = ScriptedFactory(Script(), clock: clock)
    _ = try execute(Self.plan(2), first)
    let second = ScriptedFactory(Script(), clock: clock)
    _ = try execute(Self.plan(2), second)
    #expect(first.started.map(\.seeds) == second.started.map(\.seeds))
    let all = first.started.flatMap(\.seeds)
    #expect(Set(all).count == all.count && all.allSatisfy { $0 < 1 << 52 })
  }

  @Test(arguments: [
    RunStatus.crashed, .timedOut, .outOfMemory, .failed,
  ])
  func aFailureIsARowAndTheSweepGoesOn(status: RunStatus) throws {
    let workers = ScriptedFactory(
      Script(failAt: (2, WorkerFailure(status, "it broke"))), Script(), clock: clock)
    let outcome = try execute(Self.plan(2), workers)
    #expect(outcome.failures == 1 && outcome.count(.completed) == 1)
    #expect(sink.runs[0].status == status && sink.runs[0].reason == "it broke")
    #expect(sink.runs[0].stderrTail == "tail")
    #expect(sink.samples(of: sink.runs[0]).count == 2)
    #expect(sink.runs[1].status == .completed)
    #expect(workers.started[0].ends == [0])
  }

  @Test func errorReplies() throws {
    func status(_ script: Script) throws -> (RunStatus, String) {
      sink.runs = []
      _ = try execute(Self.plan(), ScriptedFactory(script, clock: clock))
      return (sink.runs[0].status, sink.runs[0].reason ?? "")
    }
    var (found, reason) = try status(
      Script(prepared: .error(code: "unsupported", message: "no AVX-512 here")))
    #expect(found == .skipped && reason == "no AVX-512 here")
    (found, reason) = try status(Script(prepared: .error(code: "no-model", message: "x.gguf")))
    #expect(found == .failed && reason == "no-model: x.gguf")
    (found, reason) = try status(Script(prepared: .error(code: "out-of-memory", message: "KV")))
    #expect(found == .outOfMemory)
    (found, reason) = try status(
      Script(replyAt: (1, .error(code: "unsupported", message: "late"))))
    #expect(found == .failed && reason == "unsupported: late")
    (found, reason) = try status(Script(replyAt: (0, .finished(facts: [:]))))
    #expect(found == .failed && reason.contains("of another request: finished"))
    (found, reason) = try status(
      Script(replyAt: (0, .sample(Observation(startNs: 5, endNs: 4)))))
    #expect(found == .failed && reason.contains("endNs 4 lies before startNs 5"))
    (found, reason) = try status(
      Script(hello: .hello(protocol: 9, engine: "e", version: "1", kinds: ["kernel"])))
    #expect(found == .failed && reason.contains("protocol 9"))
    (found, reason) = try status(
      Script(hello: .hello(protocol: 1, engine: "e", version: "1", kinds: ["generate"])))
    #expect(found == .skipped && reason.contains("'kernel', only generate"))
    (found, reason) = try status(Script(finished: .error(code: "x", message: "cannot leave")))
    #expect(found == .completed)
    #expect(sink.events.contains { $0.kind == "worker-finish" && $0.message == "x: cannot leave" })
  }

  @Test func aWorkerThatCannotStart() throws {
    let workers = ScriptedFactory(Script(), clock: clock)
    workers.failure = WorkerFailure(.failed, "no such program")
    let outcome = try execute(Self.plan(3), workers)
    #expect(outcome.failures == 3 && sink.runs.allSatisfy { $0.reason == "no such program" })
  }

  @Test func skippedPointsAreRows() throws {
    let workers = ScriptedFactory(Script(), clock: clock)
    let outcome = try execute(Self.plan(3, launches: 2, skip: [1: "excluded"]), workers)
    #expect(outcome.summary == "4 completed, 1 skipped")
    #expect(sink.runs.map(\.status.rawValue).filter { $0 == "skipped" }.count == 1)
    #expect(sink.runs[0].reason == "excluded" && workers.started.count == 4)
    #expect(sink.runs.map(\.order) == [0, 1, 2, 3, 4])
    #expect(sink.runs.map(\.launch) == [0, 0, 0, 1, 1])
  }

  @Test func interruptedBetweenSamples() throws {
    let interruption = interruption
    let workers = ScriptedFactory(
      Script(beforeSample: { if $0 == 2 { interruption.requests = 1 } }), clock: clock)
    let outcome = try execute(Self.plan(3), workers)
    // The sample in flight when the signal came is kept.
    #expect(sink.samples.count == 3 && workers.started.count == 1)
    #expect(sink.runs[0].status == .interrupted && sink.runs.count == 1)
    #expect(outcome.interrupted && outcome.remaining == 2)
    #expect(outcome.summary == "0 completed, interrupted with 3 left")
    #expect(sink.events.last?.kind == "interrupted")
  }

  @Test func aFullDiskEndsTheSweepAndTheWorker() throws {
    sink.failsAfterSamples = 2
    let workers = ScriptedFactory(Script(), clock: clock)
    #expect(throws: MemorySink.Full.self) { try execute(Self.plan(3), workers) }
    #expect(workers.started.count == 1 && workers.started[0].ends == [0])
  }

  /// Stops a sweep at every possible sample, resumes it, and finds what an undisturbed one records.
  @Test(arguments: 0..<9) func resuming(stopAt: Int) throws {
    let plan = Self.plan(2, policy: .fixed(3, warmup: 1))
    var taken = 0
    let interruption = interruption
    let script = Script(beforeSample: { _ in
      if taken == stopAt { interruption.requests = 1 }
      taken += 1
    })
    _ = try execute(plan, ScriptedFactory(script, clock: clock))
    interruption.requests = 0
    let history = RunHistory(try #require(sink.resultSweep))
    let before = sink.samples.count
    let workers = ScriptedFactory(Script(), clock: clock)
    let outcome = try execute(plan, workers, resuming: history)
    #expect(!outcome.interrupted && outcome.failures == 0)
    #expect(sink.sweeps.count == 1)
    // Each point has exactly the samples asked for, over all its runs of launch 0.
    for index in 0..<2 {
      let runs = sink.runs.filter { $0.point == plan.points[index].point }
      let counted = runs.flatMap { sink.samples(of: $0) }.filter { !$0.warmup }
      #expect(counted.count == 3 && runs.allSatisfy { $0.launch == 0 })
      #expect(runs.filter { $0.status == .completed }.count == 1)
    }
    // Completed points were not measured again, and a continued one uses no seed twice.
    #expect(workers.started.count == 2 - outcome.alreadyDone)
    let seeds = workers.started.flatMap(\.seeds)
    #expect(Set(seeds).count == seeds.count && sink.samples.count == before + seeds.count)
  }

  @Test func aKilledHarnessLeavesRunningRows() throws {
    let plan = Self.plan(3, policy: .fixed(2, warmup: 0))
    let points = plan.points.map(\.point)
    func run(_ index: Int, _ status: RunStatus, samples: Int) -> (RunRecord, [SampleRecord]) {
      let run = RunRecord(
        id: "old\(index)", sweepID: "s", point: points[index], launch: 0, order: index,
        startedAt: "t\(index)", status: status)
      return (
        run,
        (0..<samples).map {
          SampleRecord(
            runID: run.id, index: $0, warmup: false, startedAt: "t",
            observation: Observation(startNs: 0, endNs: 1_000_000_000), measurements: [])
        }
      )
    }
    var history = RunHistory()
    // Killed after its last sample; killed in the middle; crashed.
    for (run, samples) in [
      run(0, .running, samples: 2), run(1, .running, samples: 1), run(2, .crashed, samples: 1),
    ] { history.add(run, samples: samples) }
    let workers = ScriptedFactory(Script(), clock: clock)
    let outcome = try execute(plan, workers, resuming: history)
    #expect(outcome.alreadyDone == 2 && outcome.count(.completed) == 1)
    #expect(sink.runs.first { $0.id == "old0" }?.status == .completed)
    #expect(sink.runs.first { $0.id == "old1" }?.status == .interrupted)
    #expect(sink.samples.count == 1)
    #expect(
      sink.events.contains { $0.kind == "resumed" && $0.message.contains("run old1 after 1") })
    let retried = ScriptedFactory(Script(), clock: clock)
    let second = try execute(plan, retried, resuming: history, retryFailures: true)
    #expect(second.count(.completed) == 2 && second.alreadyDone == 1)
    // The crashed launch starts from nothing, the broken-off one continues.
    #expect(Set(retried.started.map { $0.seeds.count }) == [1, 2])
  }
}
