// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import TachoRecord

extension RunSession {
  /// Why the samples taken before are enough, so that only the instrument's part is missing; else nil.
  var verdictBefore: String? {
    guard let past = assignment.past, runner.wantedInstrument(for: assignment, past) != nil
    else { return nil }
    return past.tally.verdict(StopRule(assignment.planned.policy), elapsedSeconds: 0)
  }

  /// One more observation, by a companion worker: a sample that no statistic of times takes up.
  ///
  /// Only an interrupt is a reason to end the run otherwise than it would have ended; a failure becomes an
  /// event and, in place of the metrics, the reason.
  func observeWithInstrument() throws -> WorkerFailure? {
    guard let instrument = runner.wantedInstrument(for: assignment, assignment.past)
    else { return nil }
    runner.observer?.began(instrument.activity, of: run)
    let startedAt = runner.clock.timestamp()
    let observation: Observation
    do throws(WorkerFailure) {
      let seen = try instrument.observe(assignment.planned)
      run.facts.merge(seen.facts) { $1 }
      observation = seen.observation
    } catch {
      if error.status == .interrupted { return error }
      try runner.event("instrument", error.reason, runID: run.id)
      observation = instrument.unavailable(error.reason)
    }
    let sample = SampleRecord(
      runID: run.id, index: nextIndex, warmup: false, startedAt: startedAt,
      observation: observation, measurements: MetricRules.measurements(of: observation))
    try runner.sink.append(sample)
    nextIndex += 1
    runner.observer?.sampled(sample, of: run)
    return nil
  }
}
