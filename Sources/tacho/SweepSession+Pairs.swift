// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import TachoRecord
import TachoRun
import TachoStore

extension SweepSession {
  /// Measures each point of a plan against itself in launch pairs: what comes out is noise.
  func measureNoise(
    _ plan: Plan, pairs: Int, seed: UInt64, command: String
  ) throws -> (sweep: ResultSet.Sweep, outcome: SweepOutcome) {
    let record = SweepRecord(
      id: Runner.randomID(), suite: plan.suite, planHash: plan.hash, suiteText: plan.suiteText,
      command: command, startedAt: Timestamp.now(), machine: machine, build: build)
    let lock = try SweepLock(sweepID: record.id)
    defer { withExtendedLifetime(lock) {} }
    let interruption = try SignalInterruption()
    let workers = Self.workers(interruption)
    let runner = PairRunner(
      sweep: record, sink: store, interruption: interruption, observer: ProgressReporter())
    let outcome = try runner.execute(plan, pairs: pairs, seed: seed) { planned in
      let arm = PairSession.Arm(planned: planned, workers: workers, build: build)
      return (arm, arm)
    }
    return (try store.results(of: record.id, launches: 0), outcome)
  }
}
