// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoKernels
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoStore
import TachoWorkloads

/// A plan being measured into a store: what `tacho run` and `tacho bench` have in common.
struct SweepSession {
  let store: ResultStore
  let machine: MachineRecord
  let build: BuildRecord

  /// Opens (or creates) the store, and its directory.
  init(storePath: String, machine: MachineRecord = MachineProbe().record()) throws {
    let directory = (storePath as NSString).deletingLastPathComponent
    if !directory.isEmpty {
      do {
        try FileManager.default.createDirectory(
          atPath: directory, withIntermediateDirectories: true)
      } catch {
        throw ValidationError(
          "cannot make the directory \(directory) for the results: \(error.localizedDescription)")
      }
    }
    #if DEBUG
      StoreOptions.note(
        "warning: this is a debug build, kernels run many times slower; swift build -c release")
    #endif
    store = try ResultStore(path: storePath)
    self.machine = machine
    let libraries = [
      "sqlite": try store.sqliteVersion(), "openblas": OpenBLAS.configuration,
    ]
    build = BuildProbe(version: TachoVersion.string, libraries: libraries).record()
  }

  /// Makes the synthetic models a plan needs before anything is timed.
  func prepareModels(_ plan: Plan) throws {
    var done: Set<String> = []
    let points = plan.points.filter { $0.skip == nil }.flatMap { [$0.against, $0.point] }
    for case let point? in points where point.kind == "generate" {
      let reference = try ModelReference(point.configuration)
      guard case .synthetic(let shape, let format, let seed) = reference.source else { continue }
      let path = SyntheticModelCache.path(shape: shape, format: format, seed: seed)
      guard done.insert(path).inserted, !FileManager.default.fileExists(atPath: path) else {
        continue
      }
      let bar = ProgressLine("synthesising \(shape) \(format.name)")
      _ = try reference.resolve(progress: bar.update)
      bar.finish()
    }
  }

  struct Options {
    var seed: UInt64 = 1
    var resume = false
    var retryFailures = false
    var grouping = Schedule.Grouping.none
    var command: String
    /// The run that the sweep measures again.
    var repeating: RunRecord?
  }

  /// Measures the plan; returns the sweep's results as stored, and what became of its runs.
  func measure(_ plan: Plan, _ options: Options) throws -> (
    sweep: ResultSet.Sweep, outcome: SweepOutcome
  ) {
    var history: RunHistory?
    var record = SweepRecord(
      id: Runner.randomID(), suite: plan.suite, planHash: plan.hash, suiteText: plan.suiteText,
      command: options.command, startedAt: Timestamp.now(), machine: machine,
      build: build)
    if options.resume {
      guard let earlier = try store.latestSweep(suite: plan.suite, planHash: plan.hash) else {
        throw ValidationError(
          "there is nothing to resume in \(store.path): no sweep of '\(plan.suite)' has this plan")
      }
      guard earlier.machine.id == machine.id else {
        throw ValidationError(
          "the sweep to resume was measured on another machine (\(earlier.machine.name)); "
            + "run without --resume")
      }
      let program = "build.executable_sha256"
      guard earlier.build.facts[program] == build.facts[program] else {
        throw ValidationError(
          "the sweep to resume was begun by another build of tacho; run without --resume")
      }
      record = earlier
    }
    let lock = try SweepLock(sweepID: record.id)
    defer { withExtendedLifetime(lock) {} }
    if options.resume {
      try store.markInterrupted(record.id)
      let past = RunHistory(try store.results(of: record.id, launches: 0))
      let changed = past.launchesWithOtherPolicy(in: plan.points)
      if changed > 0 { StoreOptions.note("note: " + RunHistory.policyRemark(launches: changed)) }
      history = past
    }
    if let repeated = options.repeating {
      // Before anything is measured: an interrupted rerun is one too.
      try store.begin(record)
      try store.append(.rerun(of: repeated, in: record.id, at: Timestamp.now()))
    }
    let interruption = try SignalInterruption()
    let workers = Self.workers(interruption)
    let runner = Runner(
      sweep: record, sink: store, workers: workers,
      instrument: Self.instrument(
        program: Self.executable,
        digest: build.facts["build.executable_sha256"]?.stringValue ?? "unknown",
        interruption: interruption), interruption: interruption,
      observer: ProgressReporter(), conditions: Self.conditions)
    let outcome = try runner.execute(
      plan, schedule: Schedule(plan, seed: options.seed, groupingBy: options.grouping),
      resuming: history, retryFailures: options.retryFailures,
      estimate: TimeEstimate(plan, timing: EarlierTimes(store, machineID: machine.id).timing))
    return (try store.results(of: record.id, launches: 0), outcome)
  }

  /// The machine's state with the doctor's grade, which takes half a second of watching.
  static func conditions() -> [String: ConfigurationValue] {
    ConditionsProbe().facts().merging(Doctor(.watching(seconds: 0.5)).conditions) { $1 }
  }

  /// Counts instructions of a program, whose content `digest` identifies, where a suite asks for it.
  static func instrument(
    program: String, digest: String, interruption: any Interruption,
    functions: Int = CallgrindProfile.functionLimit
  ) -> any PointInstrument {
    CallgrindInstrument(
      program: program, digest: digest, cacheDirectory: SyntheticModelCache.directory,
      arguments: ["worker", WorkerProgram.native.rawValue], interruption: interruption,
      functions: functions,
      variables: WorkerProgram.environment
    ) { point throws(WorkerFailure) in
      do {
        return try InstrumentedConfiguration.of(point)
      } catch {
        throw WorkerFailure(.skipped, "\(error)")
      }
    }
  }

  /// The running file itself, even where the name it was started by has moved.
  private static var executable: String {
    "/proc/\(ProcessInfo.processInfo.processIdentifier)/exe"
  }

  /// Workers of this very program, or of another build of it.
  static func workers(
    _ interruption: any Interruption, executable: String = Self.executable
  ) -> ProcessWorkerFactory {
    return ProcessWorkerFactory(interruption: interruption) { planned in
      let configuration = planned.point.configuration
      return WorkerCommand(
        [executable, "worker", WorkerProgram(configuration).rawValue],
        environment: WorkerProgram.environment(for: configuration))
    }
  }
}
