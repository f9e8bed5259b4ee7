// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoKernels
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoWorkloads

/// Measures what this machine can do at most, or how noisy its comparisons are.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure this machine's limits, or the noise of a suite's points.",
    discussion: """
      Without --suite: bandwidth by cache level and thread count, latencies, peak arithmetic for each \
      instruction set, and what launches and the harness cost. Later reports hold results of this \
      machine against it. With --suite: each point against itself, in pairs of live workers that take \
      samples in turns, which gives the smallest change that can be found.
      """)

  @Flag(help: "Fewer thread counts, samples and processes: under 40 seconds.")
  var quick = false

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Option(help: "The SQLite file for calibrations; the default is in the cache directory.")
  var store: String?

  @Option(help: "Measure the noise of this suite's points instead of the machine's limits.")
  var suite: String?

  @Option(help: "With --suite: launch pairs of each point.")
  var pairs = 20

  @Option(help: "Measure only points whose 'benchmark label' matches this regular expression.")
  var filter: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting, for example measure.samples=3.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: "Seed of the order in which things are measured; drawn and printed when left out.")
  var seed: UInt64?

  @Flag(name: [.customShort("n"), .long], help: "Show what would run and stop.")
  var dryRun = false

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  func validate() throws {
    if pairs < 2 { throw ValidationError("--pairs \(pairs): noise takes at least 2 launch pairs") }
    if suite != nil, quick {
      throw ValidationError("--quick is for the machine's limits; with --suite take fewer --pairs")
    }
    if suite != nil, json {
      throw ValidationError(
        "--json is for the machine's limits; of pairs 'tacho export --json' writes every sample")
    }
  }

  func run() throws {
    Diagnostics.start(verbose: verbose)
    let machine = MachineProbe().record()
    let path = store ?? CalibrationStore.defaultPath
    let overrides = try overrides.map { try PlanOverride(argument: $0) }
    let limits = CalibrationSuite(Self.machine(), quick: quick)
    var plan: Plan
    if let suite {
      plan = try Plan.load(
        suite: suite, kinds: Workloads.kinds, overrides: overrides, filter: filter)
      plan.suite = CalibrationStore.noiseName(of: plan.suite)
    } else {
      plan = try limits.plan(kinds: Workloads.kinds, overrides: overrides, filter: filter)
    }
    if dryRun {
      if suite == nil {
        try SweepSelection.write(limits.text, to: nil)
      } else {
        StoreOptions.note(
          "\(pairs) launch pairs of each point; what one process of each would take:")
        let earlier = EarlierTimes(storePath: path, machineID: machine.id)
        PlanPreview.show(
          plan, estimate: TimeEstimate(plan, timing: earlier.timing), everyPoint: true)
      }
      return
    }
    let seed = seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
    StoreOptions.note(
      "\(plan.suite): \(plan.points.count) points, in an order drawn from seed \(seed)")
    let session = try SweepSession(storePath: path, machine: machine)
    try session.prepareModels(plan)
    let command = CommandLine.arguments.joined(separator: " ")
    let outcome: SweepOutcome
    let text: String
    if suite != nil {
      let noise = try session.measureNoise(plan, pairs: pairs, seed: seed, command: command)
      (outcome, text) = (noise.outcome, NoiseTable.render(noise.sweep))
    } else {
      let measured = try session.measure(plan, .init(seed: seed, command: command))
      outcome = measured.outcome
      text =
        json
        ? try CalibrationJSON.render(measured.sweep, omissions: limits.omissions)
        : CalibrationTable.render(measured.sweep, omissions: limits.omissions)
    }
    try SweepSelection.write(text, to: nil)
    StoreOptions.note("kept in \(path)")
    if outcome.interrupted { throw ExitCode(130) }
    if outcome.failures > 0 || outcome.measuredNothing { throw ExitCode(1) }
  }

  /// This machine as the suite is written for.
  private static func machine() -> CalibrationSuite.Machine {
    let available = ConditionsProbe().facts()["memory.available_mib"]?.intValue
    var peaks = KernelTable.all.filter { $0.op.hasPrefix("peak_") && $0.isa.isRunnable }
    // Plain C is no machine's peak where there is anything better.
    if peaks.contains(where: { $0.isa != .ref }) { peaks.removeAll { $0.isa == .ref } }
    return CalibrationSuite.Machine(
      caches: CacheSizes().bytes, threads: ThreadPool.availableProcessors,
      memoryBytes: available.map { $0 << 20 },
      peaks: peaks.map {
        .init(arithmetic: String($0.op.dropFirst("peak_".count)), isa: $0.isa.name)
      })
  }
}
