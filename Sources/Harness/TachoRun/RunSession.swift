// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord

/// One run from begin to finish: one worker process, its samples, its row.
final class RunSession {
  let runner: Runner
  let assignment: Runner.Assignment
  private let policy: MeasurementPolicy
  var run: RunRecord
  /// Of the next sample to be recorded.
  var nextIndex = 0
  private var traces = TraceFetch()

  init(runner: Runner, assignment: Runner.Assignment) {
    self.runner = runner
    self.assignment = assignment
    policy = assignment.planned.policy
    run = RunRecord(
      id: runner.makeID(), sweepID: runner.sweep.id, point: assignment.planned.point,
      launch: assignment.launch, order: assignment.order,
      planIndex: assignment.pointIndex, startedAt: runner.clock.timestamp(), policy: policy)
  }

  /// Throws only what the sink throws; everything else becomes the run's status and reason.
  func perform() throws -> RunRecord {
    try runner.sink.begin(run)
    runner.observer?.runBegan(run)
    if let reason = assignment.planned.skip {
      return try finish(.skipped, reason)
    }
    if let past = assignment.past {
      try runner.event(
        "resumed",
        "launch \(run.launch) continues run \(past.latest.id) after \(past.tally.all.count) samples",
        runID: run.id)
    }
    if let verdict = verdictBefore {
      let ending = try observeWithInstrument() ?? WorkerFailure(.completed, verdict)
      return try finish(ending.status, ending.reason)
    }
    let worker: any Worker
    do throws(WorkerFailure) {
      worker = try runner.workers.start(assignment.planned)
    } catch {
      return try finish(error.status, error.reason)
    }
    defer { worker.end(graceSeconds: 0) }
    var ending = try measure(with: worker)
    let tail = worker.outputTail
    run.stderrTail = tail.isEmpty ? nil : tail
    if ending.status == .completed { ending = try observeWithInstrument() ?? ending }
    return try finish(ending.status, ending.reason)
  }

  private func finish(_ status: RunStatus, _ reason: String) throws -> RunRecord {
    run.status = status
    run.reason = reason
    run.finishedAt = runner.clock.timestamp()
    try runner.sink.finish(run)
    if status == .timedOut || status == .outOfMemory || status == .interrupted {
      try runner.event("worker-ended", reason, runID: run.id)
    }
    runner.observer?.runEnded(run)
    return run
  }

  /// The conversation: hello, prepare, samples, finish.
  private func measure(with worker: any Worker) throws -> WorkerFailure {
    let conversation = WorkerConversation(worker: worker, policy: policy)
    let verdict: String
    do {
      try conversation.greet(&run)
      try conversation.prepare(&run)
      verdict = try takeSamples(from: worker)
      try traces.fetch(from: conversation, into: runner.sink) {
        try runner.event($0, $1, runID: run.id)
      }
    } catch let failure as WorkerFailure {
      return failure
    }
    // The samples are on record: whatever happens now is a remark, not a failure.
    do throws(WorkerFailure) {
      try conversation.finish(&run)
    } catch {
      try runner.event("worker-finish", error.reason, runID: run.id)
    }
    worker.end(graceSeconds: WorkerConversation.leaveSeconds)
    return WorkerFailure(.completed, verdict)
  }

  /// Until the stop rule's verdict, which it returns.
  private func takeSamples(from worker: any Worker) throws -> String {
    let warmup = WarmupRule(policy)
    let stop = StopRule(policy)
    var dropped: [Double] = []
    var warm = false
    var tally = assignment.past?.tally ?? RunTally()
    let seedsBefore = assignment.past?.samples ?? 0
    let start = runner.clock.seconds()
    for index in 0... {
      guard runner.interruption.requests == 0 else {
        throw WorkerFailure(.interrupted, "interrupted after \(index) samples")
      }
      let (observation, environment, at) = try sample(
        worker, index: index, seedIndex: seedsBefore + index)
      let seconds = observation.secondsPerCall
      warm = warm || !warmup.drops(seconds, after: dropped)
      let flag = EnvironmentSentinel.flag(environment)
      let sample = SampleRecord(
        runID: run.id, index: index, warmup: !warm, startedAt: at, observation: observation,
        measurements: MetricRules.measurements(of: observation), flag: flag,
        environment: environment)
      try runner.sink.append(sample)
      traces.note(sample)
      nextIndex = index + 1
      runner.observer?.sampled(sample, of: run)
      guard warm else {
        dropped.append(seconds)
        continue
      }
      tally.add(observation, flagged: flag != nil)
      let verdict = tally.verdict(stop, elapsedSeconds: runner.clock.seconds() - start)
      if let verdict { return verdict + (dropped.isEmpty ? "" : "; \(dropped.count) warm-up") }
    }
    throw WorkerFailure(.failed, "the sample index overflowed")
  }

  /// One sample between two looks at the environment.
  private func sample(
    _ worker: any Worker, index: Int, seedIndex: Int
  ) throws(WorkerFailure) -> (Observation, SampleEnvironment, startedAt: String) {
    let seed = SampleSeed.seed(pointID: run.point.id, index: seedIndex)
    let startedAt = runner.clock.timestamp()
    let before = runner.environment.read(processID: worker.processID)
    let start = runner.clock.seconds()
    let reply = try WorkerConversation(worker: worker, policy: policy).ask(
      .sample(index: index, seed: seed), timeout: policy.timeoutSeconds,
      grace: WorkerConversation.interruptGraceSeconds)
    let wall = runner.clock.seconds() - start
    let after = runner.environment.read(processID: worker.processID)
    guard case .sample(var observation) = reply else {
      throw WorkerConversation.unexpected(reply, to: "sample")
    }
    observation.roundTripNs = Int(wall * 1e9)
    if let complaint = observation.complaint {
      throw WorkerFailure(.failed, "the worker's observation \(index) is impossible: \(complaint)")
    }
    let environment = EnvironmentSentinel.difference(
      from: before, to: after, wallSeconds: wall)
    return (observation, environment, startedAt)
  }
}
