// SPDX-License-Identifier: Apache-2.0
import TachoBuilds
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import TachoStore

extension SweepSession {
  /// Measures a plan with another build's workers; the sweep is on record as that build's.
  func measure(
    _ plan: Plan, of build: Build, seed: UInt64, command: String
  ) throws -> (sweep: ResultSet.Sweep, outcome: SweepOutcome) {
    let record = SweepRecord(
      id: Runner.randomID(), suite: plan.suite, planHash: plan.hash, suiteText: plan.suiteText,
      command: command, startedAt: Timestamp.now(), machine: machine, build: BuildRecord(build))
    let lock = try SweepLock(sweepID: record.id)
    defer { withExtendedLifetime(lock) {} }
    let interruption = try SignalInterruption()
    let runner = Runner(
      sweep: record, sink: store,
      workers: Self.workers(interruption, executable: build.path), interruption: interruption,
      observer: ProgressReporter(), conditions: Self.conditions)
    let outcome = try runner.execute(
      plan, schedule: Schedule(plan, seed: seed),
      estimate: TimeEstimate(plan, timing: EarlierTimes(store, machineID: machine.id).timing))
    return (try store.results(of: record.id, launches: 0), outcome)
  }
}

extension BuildRecord {
  /// What tells a build from others; its own flags and toolchain where it was built here.
  init(_ build: Build) {
    let note = build.note
    var facts: [String: ConfigurationValue] = [
      "build.checksum": .string(note.checksum), "build.origin": .string(note.origin.rawValue),
      "build.reference": .string(note.label), "build.layout_seed": .int(Int(note.layoutSeed)),
    ]
    facts["git.revision"] = note.commit.map { .string($0) }
    facts["git.tree"] = note.tree.map { .string($0) }
    facts["build.swift"] = note.swiftVersion.map { .string($0) }
    facts["build.c_compiler"] = note.cCompilerVersion.map { .string($0) }
    if note.origin != .given { facts["build.mode"] = "release" }
    self.init(facts: facts)
  }
}
