// SPDX-License-Identifier: Apache-2.0
import Logging
package import TachoCatalog
package import TachoPlan
package import TachoRecord

/// Executes a plan: one fresh worker process per point and launch, every sample on record before the
/// next is asked for.
///
/// A failure of a worker is a row, not an error: the only errors thrown are those of the record sink.
package final class Runner {
  let sweep: SweepRecord
  let sink: any RecordSink
  let workers: any WorkerFactory
  let instrument: (any PointInstrument)?
  let clock: any RunClock
  let environment: any EnvironmentReader
  let interruption: any Interruption
  let observer: (any RunObserver)?
  let conditions: () -> [String: ConfigurationValue]
  let makeID: () -> String
  /// Diagnostics between samples; silent unless a program sets a handler with a lower level.
  let log = Logger(label: "tacho.run")

  /// Pass the same `interruption` to the worker factory, so that it wakes a wait for a reply.
  package init(
    sweep: SweepRecord, sink: any RecordSink, workers: any WorkerFactory,
    instrument: (any PointInstrument)? = nil,
    interruption: any Interruption = NoInterruption(), observer: (any RunObserver)? = nil,
    clock: any RunClock = MonotonicClock(),
    environment: any EnvironmentReader = ProcEnvironmentReader(),
    conditions: @escaping () -> [String: ConfigurationValue] = { ConditionsProbe().facts() },
    makeID: @escaping () -> String = Runner.randomID
  ) {
    self.sweep = sweep
    self.sink = sink
    self.workers = workers
    self.instrument = instrument
    self.interruption = interruption
    self.observer = observer
    self.clock = clock
    self.environment = environment
    self.conditions = conditions
    self.makeID = makeID
  }

  /// 16 random hex digits: two sweeps may write into one store at a time.
  package static func randomID() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Measures the plan in the schedule's order and says what became of it.
  ///
  /// With a history the sweep of the same id is continued: finished launches are not repeated (failed
  /// ones only with `retryFailures`), and one that was broken off gets the samples it lacks from a
  /// fresh worker, under the same launch number.
  package func execute(
    _ plan: Plan, schedule: Schedule, resuming history: RunHistory? = nil,
    retryFailures: Bool = false, estimate: TimeEstimate? = nil
  ) throws -> SweepOutcome {
    // A store refuses to continue a sweep of another plan, machine or build.
    try sink.begin(sweep)
    try event(history == nil ? "started" : "resumed", sweep.command)
    try event("conditions", ConfigurationValue.object(conditions()).canonicalJSON)
    if let changed = history?.launchesWithOtherPolicy(in: plan.points), changed > 0 {
      try event("policy-changed", RunHistory.policyRemark(launches: changed))
    }
    var outcome = SweepOutcome()
    var pending: [Assignment] = []
    for assignment in assignments(plan, schedule) {
      let past = history?[assignment.key]
      if let past, try isDone(past, assignment, retryFailures: retryFailures) {
        outcome.alreadyDone += 1
        if past.latest.status.isFailure { outcome.failedBefore += 1 }
      } else {
        pending.append(assignment.continuing(past))
      }
    }
    observer?.sweepBegan(
      done: outcome.alreadyDone, expectedSeconds: pending.map { $0.expectedSeconds(estimate) })
    for (position, assignment) in pending.enumerated() {
      if interruption.requests > 0 {
        outcome.remaining = pending.count - position
        outcome.interrupted = true
        break
      }
      let run = try RunSession(runner: self, assignment: assignment).perform()
      outcome.counts[run.status, default: 0] += 1
      if run.status == .interrupted {
        outcome.remaining = pending.count - position - 1
        outcome.interrupted = true
        break
      }
    }
    try event(outcome.interrupted ? "interrupted" : "finished", outcome.summary)
    observer?.sweepEnded(outcome)
    return outcome
  }
}

extension Runner {
  /// One worker process to be: a point, its launch, and where in the executed order it comes.
  struct Assignment {
    let planned: PlannedPoint
    let pointIndex: Int
    let launch: Int
    let order: Int
    var past: RunHistory.Past?

    var key: RunHistory.Key {
      RunHistory.Key(
        benchmark: planned.point.benchmark, pointID: planned.point.id, launch: launch)
    }

    func continuing(_ past: RunHistory.Past?) -> Assignment {
      var result = self
      // A launch that failed and is tried again starts from nothing: its samples are of a bad worker.
      if let past, past.latest.status == .running || past.latest.status == .interrupted {
        result.past = past
      }
      return result
    }

    func expectedSeconds(_ estimate: TimeEstimate?) -> Double {
      if planned.skip != nil { return 0 }
      guard let shares = estimate?.shares, shares.indices.contains(pointIndex),
        let share = shares[pointIndex]
      else { return 1 }
      return share.likely / Double(max(planned.launches, 1))
    }
  }

  /// The skipped points' rows first, then the schedule's steps.
  private func assignments(_ plan: Plan, _ schedule: Schedule) -> [Assignment] {
    let skipped = plan.points.indices.filter { plan.points[$0].skip != nil }
      .map { Schedule.Step(point: $0, launch: 0) }
    let steps = schedule.steps.filter { plan.points.indices.contains($0.point) }
    return (skipped + steps).enumerated().map { order, step in
      Assignment(
        planned: plan.points[step.point], pointIndex: step.point, launch: step.launch, order: order)
    }
  }

  /// Whether a launch needs no worker any more; tidies the record of one that was broken off.
  private func isDone(
    _ past: RunHistory.Past, _ assignment: Assignment, retryFailures: Bool
  ) throws -> Bool {
    switch past.latest.status {
    case .completed, .skipped: return true
    case .failed, .crashed, .timedOut, .outOfMemory: return !retryFailures
    case .running, .interrupted: break
    }
    var run = past.latest
    // Killed between its last sample and the record of its end.
    let verdict = past.tally.verdict(StopRule(assignment.planned.policy), elapsedSeconds: 0)
    if let verdict, wantedInstrument(for: assignment, past) == nil {
      run.status = .completed
      run.reason = verdict
      run.finishedAt = clock.timestamp()
      try sink.finish(run)
      return true
    }
    if run.status == .running {
      run.status = .interrupted
      run.reason = "found unfinished when the sweep was resumed: its process had died"
      run.finishedAt = clock.timestamp()
      try sink.finish(run)
    }
    return false
  }

  /// The instrument that the assignment's point is still to be observed with: once, with its first launch.
  func wantedInstrument(
    for assignment: Assignment, _ past: RunHistory.Past?
  ) -> (any PointInstrument)? {
    guard assignment.launch == 0, past?.isInstrumented != true, let instrument,
      instrument.isWanted(for: assignment.planned)
    else { return nil }
    return instrument
  }

  func event(_ kind: String, _ message: String, runID: String? = nil) throws {
    log.debug("\(kind): \(message)", metadata: runID.map { ["run": "\($0)"] })
    try sink.append(
      EventRecord(
        sweepID: sweep.id, runID: runID, at: clock.timestamp(), kind: kind, message: message))
  }
}
