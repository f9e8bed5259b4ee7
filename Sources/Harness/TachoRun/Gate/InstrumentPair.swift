// SPDX-License-Identifier: Apache-2.0
import TachoPlan
package import TachoRecord

/// A launch pair that is not timed: both sides' work is counted by their instruments, one after the other.
///
/// It is on record like any pair, with one sample of each side in round 0.
package struct InstrumentPair {
  private let runner: PairRunner

  package init(_ runner: PairRunner) {
    self.runner = runner
  }

  /// What was observed of each side; a side that could not be observed says why in its observation.
  ///
  /// Throws only what the sink throws.
  package func perform(
    _ arms: GateArms, _ place: PairSession.Place
  ) throws -> (pair: PairRecord, observations: [PairSide: Observation]) {
    var runs: [PairSide: RunRecord] = [:]
    for (offset, side) in PairSide.allCases.enumerated() {
      let planned = arms.arm(side).planned
      let run = RunRecord(
        id: runner.makeID(), sweepID: runner.sweep.id, point: planned.point,
        launch: 2 * place.index + offset, order: 2 * place.order + offset,
        planIndex: place.planIndex, startedAt: runner.clock.timestamp(), policy: planned.policy)
      runs[side] = run
      try runner.sink.begin(run)
    }
    var pair = PairRecord(
      id: runner.makeID(), sweepID: runner.sweep.id, index: place.index, order: place.order,
      base: .init(runID: runs[.base]?.id ?? "", buildID: arms.base.build.id),
      candidate: .init(runID: runs[.candidate]?.id ?? "", buildID: arms.candidate.build.id),
      seed: place.seed, startedFirst: .base, startedAt: runner.clock.timestamp(),
      series: place.series)
    try runner.sink.begin(pair, builds: PairSide.allCases.map { arms.arm($0).build })
    var observations: [PairSide: Observation] = [:]
    pair.status = .completed
    pair.reason = "counted, not timed"
    for side in PairSide.allCases {
      guard var run = runs[side] else { continue }
      if pair.status == .completed, let observation = observe(side, arms, &run, &pair) {
        observations[side] = observation
        try keep(observation, side, run, &pair)
      }
      run.status = pair.status
      run.reason = pair.reason
      run.finishedAt = runner.clock.timestamp()
      try runner.sink.finish(run)
    }
    pair.finishedAt = runner.clock.timestamp()
    try runner.sink.finish(pair)
    return (pair, observations)
  }

  /// Nil when it was interrupted.
  private func observe(
    _ side: PairSide, _ arms: GateArms, _ run: inout RunRecord, _ pair: inout PairRecord
  ) -> Observation? {
    guard let instrument = arms.instruments[side] else {
      var observation = Observation(startNs: 0, endNs: 0)
      observation.callgrind = .unavailable("this build has no instrument")
      return observation
    }
    do throws(WorkerFailure) {
      let seen = try instrument.observe(arms.arm(side).planned)
      run.facts.merge(seen.facts) { $1 }
      return seen.observation
    } catch {
      if error.status == .interrupted {
        pair.status = .interrupted
        pair.reason = error.reason
        return nil
      }
      return instrument.unavailable(error.reason)
    }
  }

  private func keep(
    _ observation: Observation, _ side: PairSide, _ run: RunRecord, _ pair: inout PairRecord
  ) throws {
    let sample = SampleRecord(
      runID: run.id, index: 0, warmup: false, startedAt: runner.clock.timestamp(),
      observation: observation, measurements: MetricRules.measurements(of: observation))
    let step = PairRecord.Step(
      position: pair.steps.count, side: side, round: 0, sampleIndex: 0,
      askedNs: Int(runner.clock.seconds() * 1e9))
    try runner.sink.append(sample, step, pairID: pair.id)
    pair.steps.append(step)
  }
}
