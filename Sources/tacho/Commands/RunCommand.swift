// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoSuite
import TachoWorkloads

/// Measures a suite.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure a suite into a store.",
    discussion: """
      Shows what will run and how long it may take, then runs every point in a worker process of its \
      own. A run that was broken off continues with --resume. The suite language is described in \
      suites/SCHEMA.md.
      """)

  @Argument(help: "The suite file.")
  var suite: String

  @Option(help: "The SQLite file for results; made if it is not there.")
  var store = StoreOptions.defaultPath

  @Flag(name: [.customShort("n"), .long], help: "Show what would run and stop.")
  var dryRun = false

  @Flag(help: "Continue the latest sweep of this plan in the store.")
  var resume = false

  @Flag(help: "With --resume: measure points that failed once more.")
  var retryFailures = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting, for example engine.threads=2 or measure.samples=3.",
      valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: "Spend at most this long, for example 10m; points that do not fit are skipped.")
  var budget: String?

  @Option(help: "Run only points whose 'benchmark label' matches this regular expression.")
  var filter: String?

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  @Option(help: "Seed of the order in which points are measured.")
  var seed: UInt64 = 1

  @Flag(help: "Print no table at the end.")
  var quiet = false

  func run() throws {
    Diagnostics.start(verbose: verbose)
    var plan = try Plan.load(
      suite: suite, kinds: Workloads.kinds,
      overrides: overrides.map { try PlanOverride(argument: $0) }, filter: filter)
    let machine = MachineProbe().record()
    let earlier = EarlierTimes(storePath: store, machineID: machine.id)
    if let budget {
      guard let seconds = QuantityText.seconds(budget), seconds > 0 else {
        throw ValidationError("--budget \(budget): write a time, for example 90s, 10m or 1.5h")
      }
      plan = BudgetedPlan(plan, budget: seconds, timing: earlier.timing).plan
    }
    PlanPreview.show(
      plan, estimate: TimeEstimate(plan, timing: earlier.timing), everyPoint: dryRun)
    if dryRun { return }
    let session = try SweepSession(storePath: store, machine: machine)
    try session.prepareModels(plan)
    let (sweep, outcome) = try session.measure(
      plan,
      .init(
        seed: seed, resume: resume, retryFailures: retryFailures,
        command: CommandLine.arguments.joined(separator: " ")))
    if !quiet {
      print(
        TerminalTable.render(
          CalibrationStore.calibrated(ResultSet(sweeps: [sweep])),
          TableOptions(width: StoreOptions.terminalWidth)))
    }
    StoreOptions.note("\(outcome.summary); results in \(store)")
    if outcome.interrupted {
      StoreOptions.note("continue with: \(Self.resumingCommand)")
      throw ExitCode(130)
    }
    if outcome.failedBefore > 0, !retryFailures {
      StoreOptions.note("measure the failed ones once more with --resume --retry-failures")
    }
    if outcome.measuredNothing {
      StoreOptions.note("nothing was measured: every point was skipped")
    }
    if outcome.failures + outcome.failedBefore > 0 || outcome.measuredNothing { throw ExitCode(1) }
  }

  /// This command line with `--resume`, for a shell: what chose the points is part of the plan.
  private static var resumingCommand: String {
    let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_./=:,@%+"))
    var words = CommandLine.arguments.map { word in
      !word.isEmpty && word.unicodeScalars.allSatisfy(plain.contains)
        ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
    if !words.contains("--resume") { words.append("--resume") }
    return words.joined(separator: " ")
  }
}
