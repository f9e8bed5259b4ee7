// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// An instrument without a process: gives what it is told to.
private final class ScriptedInstrument: PointInstrument {
  var results: [Result<Int, WorkerFailure>]
  var observed = 0
  let activity = "counting"

  init(_ results: Result<Int, WorkerFailure>...) { self.results = results }

  func isWanted(for planned: PlannedPoint) -> Bool { planned.policy.collect.contains("callgrind") }

  func unavailable(_ reason: String) -> Observation {
    var observation = Observation(startNs: 0, endNs: 0)
    observation.callgrind = .unavailable(reason)
    return observation
  }

  func observe(
    _ planned: PlannedPoint
  ) throws(WorkerFailure) -> (observation: Observation, facts: [String: ConfigurationValue]) {
    let result = results[min(observed, results.count - 1)]
    observed += 1
    var observation = Observation(startNs: 0, endNs: 0)
    observation.callgrind = InstructionCounts(
      totals: ["Ir": try result.get()], functions: [], otherInstructions: 0)
    return (observation, ["callgrind.valgrind": "3.0"])
  }
}

/// A point's companion: when it runs, what is recorded of it, and that times know nothing of it.
@Suite struct InstrumentRunTests {
  let clock = FakeClock()
  let sink = MemorySink()

  private func policy() -> MeasurementPolicy {
    var policy = MeasurementPolicy.fixed(3, warmup: 1)
    policy.collect = ["callgrind"]
    return policy
  }

  private func execute(
    _ plan: Plan, _ workers: ScriptedFactory, _ instrument: ScriptedInstrument,
    resuming history: RunHistory? = nil, retryFailures: Bool = false
  ) throws -> SweepOutcome {
    var next = sink.runs.count
    let runner = Runner(
      sweep: RunnerTests.sweep, sink: sink, workers: workers, instrument: instrument, clock: clock,
      environment: ScriptedEnvironment(), conditions: { [:] },
      makeID: {
        next += 1
        return "run\(next)"
      })
    return try runner.execute(
      plan, schedule: Schedule(plan, seed: 1), resuming: history, retryFailures: retryFailures)
  }

  private func history() throws -> RunHistory {
    RunHistory(try #require(sink.resultSweep))
  }

  @Test func oncePerPointAfterTheTimes() throws {
    let workers = ScriptedFactory(Script(), clock: clock)
    let instrument = ScriptedInstrument(.success(70))
    let outcome = try execute(RunnerTests.plan(policy: policy(), launches: 2), workers, instrument)
    #expect(outcome.summary == "2 completed" && instrument.observed == 1)
    #expect(sink.samples.map(\.isTimed) == [true, true, true, true, false, true, true, true, true])
    let sample = sink.samples[4]
    #expect(sample.index == 4 && !sample.warmup && !sample.isCounted && sample.flag == nil)
    #expect(
      sample.measurements.first == Measurement(CallgrindInstructions.metric, .value(70)))
    #expect(!sample.measurements.contains { $0.metric.id == "sample/seconds" })
    #expect(sink.runs[0].reason == "3 samples: the most asked for; 1 warm-up")
    #expect(sink.runs[0].facts["callgrind.valgrind"] == "3.0")
    #expect(sink.runs[1].facts["callgrind.valgrind"] == nil)
    // The timed worker was gone by then.
    #expect(workers.started[0].ends.first == 5)
  }

  @Test func onlyWhereItIsAskedFor() throws {
    let instrument = ScriptedInstrument(.success(70))
    _ = try execute(RunnerTests.plan(), ScriptedFactory(Script(), clock: clock), instrument)
    #expect(instrument.observed == 0 && sink.samples.allSatisfy(\.isTimed))
  }

  @Test func aFailureIsAReasonAndAnEvent() throws {
    let instrument = ScriptedInstrument(.failure(WorkerFailure(.timedOut, "too slow")))
    let plan = RunnerTests.plan(policy: policy())
    let outcome = try execute(plan, ScriptedFactory(Script(), clock: clock), instrument)
    #expect(outcome.summary == "1 completed")
    #expect(
      sink.samples.last?.measurements.allSatisfy { $0.reading == .unavailable("too slow") } == true)
    #expect(sink.events.contains { $0.kind == "instrument" && $0.message == "too slow" })
    // It is on record: nothing is left to resume.
    let again = try execute(
      plan, ScriptedFactory(Script(), clock: clock), instrument, resuming: try history(),
      retryFailures: true)
    #expect(again.alreadyDone == 1 && instrument.observed == 1)
  }

  @Test func aFailedRunHasNoCompanion() throws {
    let instrument = ScriptedInstrument(.success(70))
    let broken = Script(failAt: (2, WorkerFailure(.crashed, "it broke")))
    _ = try execute(
      RunnerTests.plan(policy: policy()), ScriptedFactory(broken, clock: clock), instrument)
    #expect(instrument.observed == 0 && sink.runs[0].status == .crashed)
  }

  /// The times are on record, the counts are not: only these are caught up on.
  @Test func interruptedCompanion() throws {
    let instrument = ScriptedInstrument(
      .failure(WorkerFailure(.interrupted, "stopped")), .success(70))
    let plan = RunnerTests.plan(policy: policy())
    var workers = ScriptedFactory(Script(), clock: clock)
    let first = try execute(plan, workers, instrument)
    #expect(first.interrupted && sink.runs[0].status == .interrupted)
    #expect(sink.samples.count == 4)
    workers = ScriptedFactory(Script(), clock: clock)
    let second = try execute(plan, workers, instrument, resuming: try history())
    #expect(second.summary.contains("1 completed") && workers.started.isEmpty)
    #expect(sink.samples.count == 5 && sink.samples[4].runID == "run2")
    #expect(sink.runs[1].reason == "3 samples: the most asked for")
    let third = try execute(plan, workers, instrument, resuming: try history())
    #expect(third.alreadyDone == 1 && instrument.observed == 2)
  }

  /// A run that continues a broken off one with counts takes no second ones, and seeds go on as if there
  /// were none.
  @Test func historyLeavesCountsOut() throws {
    let instrument = ScriptedInstrument(.success(70))
    let plan = RunnerTests.plan(policy: policy())
    _ = try execute(plan, ScriptedFactory(Script(), clock: clock), instrument)
    let key = RunHistory.Key(sink.runs[0])
    let past = try #require(try history()[key])
    #expect(past.isInstrumented && past.samples == 4 && past.tally.all == [1, 1, 1])
  }
}
