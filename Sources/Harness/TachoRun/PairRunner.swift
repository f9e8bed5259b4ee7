// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoPlan
package import TachoRecord

/// Executes a plan as launch pairs: every point's first pair before any point's second, in random
/// order, so that a disturbance costs each point one pair and not one point all of its pairs.
package final class PairRunner {
  let sweep: SweepRecord
  let sink: any PairSink
  let clock: any RunClock
  let environment: any EnvironmentReader
  let interruption: any Interruption
  let observer: (any RunObserver)?
  let conditions: () -> [String: ConfigurationValue]
  let makeID: () -> String

  /// Pass the same `interruption` to the worker factories, so that it wakes a wait for a reply.
  package init(
    sweep: SweepRecord, sink: any PairSink, interruption: any Interruption = NoInterruption(),
    observer: (any RunObserver)? = nil, clock: any RunClock = MonotonicClock(),
    environment: any EnvironmentReader = ProcEnvironmentReader(),
    conditions: @escaping () -> [String: ConfigurationValue] = { ConditionsProbe().facts() },
    makeID: @escaping () -> String = Runner.randomID
  ) {
    self.sweep = sweep
    self.sink = sink
    self.interruption = interruption
    self.observer = observer
    self.clock = clock
    self.environment = environment
    self.conditions = conditions
    self.makeID = makeID
  }

  /// Measures `pairs` launch pairs of every point of the plan that is not skipped; `arms` gives the two
  /// sides of a point, which for noise are the same.
  package func execute(
    _ plan: Plan, pairs: Int, seed: UInt64,
    arms: (PlannedPoint) -> (base: PairSession.Arm, candidate: PairSession.Arm)
  ) throws -> SweepOutcome {
    try sink.begin(sweep)
    try event("started", sweep.command)
    try event("conditions", ConfigurationValue.object(conditions()).canonicalJSON)
    try event("pairs", "\(pairs) launch pairs of each point, seed \(seed)")
    var paired = plan
    for index in paired.points.indices { paired.points[index].launches = pairs }
    let steps = Schedule(paired, seed: seed).steps
    var outcome = SweepOutcome()
    outcome.counts[.skipped] = plan.points.count { $0.skip != nil }
    observer?.sweepBegan(done: 0, expectedSeconds: steps.map { _ in 1 })
    for (order, step) in steps.enumerated() {
      if interruption.requests > 0 {
        outcome.remaining = steps.count - order
        outcome.interrupted = true
        break
      }
      let (base, candidate) = arms(plan.points[step.point])
      let session = PairSession(
        runner: self, base: base, candidate: candidate,
        place: .init(index: step.launch, order: order, planIndex: step.point, seed: seed))
      let pair = try session.perform()
      outcome.counts[pair.status, default: 0] += 1
      if pair.status == .interrupted {
        outcome.remaining = steps.count - order - 1
        outcome.interrupted = true
        break
      }
    }
    try event(outcome.interrupted ? "interrupted" : "finished", outcome.summary)
    observer?.sweepEnded(outcome)
    return outcome
  }

  func event(_ kind: String, _ message: String, runID: String? = nil) throws {
    try sink.append(
      EventRecord(
        sweepID: sweep.id, runID: runID, at: clock.timestamp(), kind: kind, message: message))
  }
}
