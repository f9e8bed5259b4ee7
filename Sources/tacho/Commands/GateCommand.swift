// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoSuite
import TachoWorkloads

/// Compares two builds and says whether the change may go in.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Compare two builds: did this change make it slower?",
    discussion: """
      Builds both, then measures every point of the suite in launch pairs: two live workers, one of \
      each build, that take samples in turns. Each point passes, fails or stays inconclusive; copies \
      of the base and kernels slowed on purpose check the job itself. The exit code is 0 for pass, 1 \
      for a regression or another output, 2 for a mistake or a build that fails, 3 for inconclusive \
      and 4 when the job's own controls failed. docs/gate.md says what that can and cannot claim.
      """)

  @Argument(help: "The suite file.")
  var suite: String

  @Option(
    help: """
      What to compare with: a revision (main, HEAD~3, main...HEAD for the merge base) or a \
      program's path.
      """)
  var base: String

  @Option(help: "What to compare: a revision, a program's path, or 'worktree' for the files here.")
  var candidate = "worktree"

  @Option(help: "The SQLite file for results; made if it is not there.")
  var store = StoreOptions.defaultPath

  @Option(help: "What the job may take, for example 15m; the suite's gate.time otherwise.")
  var budget: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting, for example engine.threads=2 or gate.tolerated=2%.",
      valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: "Judge only points whose 'benchmark label' matches this regular expression.")
  var filter: String?

  @Option(help: "Seed of all orders; drawn and printed when left out.")
  var seed: UInt64?

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  func run() throws {
    Diagnostics.start(verbose: verbose)
    var plan = try Plan.load(
      suite: suite, kinds: Workloads.kinds,
      overrides: overrides.map { try PlanOverride(argument: $0) }, filter: filter)
    if let budget {
      guard let seconds = QuantityText.seconds(budget), seconds > 0 else {
        throw ValidationError("--budget \(budget): write a time, for example 90s, 10m or 1.5h")
      }
      plan.gate.policy.secondsMax = seconds
    }
    let seed = seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
    let session = try SweepSession(storePath: store)
    let cache = try BuildCache(
      directory: SyntheticModelCache.directory + "/builds", progress: BuildLine.show)
    let builds = try (
      cache.build(BuildReference(argument: base)),
      cache.build(BuildReference(argument: candidate))
    )
    BuildLine.clear()
    try session.prepareModels(plan)
    let noise = CalibrationStore.noise(of: plan.suite, machine: session.machine)
    let layout = GateLayout(
      plan, seed: seed, controls: true, statistic: { noise[$0.id]?.statistic },
      accepted: { _ in nil })
    StoreOptions.note(
      "\(builds.0.note.label) against \(builds.1.note.label): \(layout.expected) points, "
        + "\(layout.members.count) decisions, seed \(seed)")
    let progress = GateProgress(budget: plan.gate.policy.secondsMax)
    let job = GateJob(
      session: session, cache: cache, base: builds.0, candidate: builds.1,
      interruption: try SignalInterruption(), observer: progress)
    let result = try job.run(
      plan, layout, seed: seed, command: CommandLine.arguments.joined(separator: " "))
    progress.end()
    for (member, decision) in result.record.members.compactMap({ member in
      result.decision(of: member.id).map { (member, $0) }
    }) {
      let shift = decision.shift.map { String(format: "%+.2f%%", 100 * expm1($0)) } ?? "-"
      print(
        "\(decision.verdict.rawValue) \(member.name) \(shift) n=\(decision.pairs) "
          + "F=\(decision.failEvidence) G=\(decision.passEvidence) \(decision.reason)")
    }
    for cause in result.causes.values { print(cause.text) }
    for reason in result.invalid { print("INVALID: \(reason)") }
    for difference in result.differences { print(difference.name, difference.detail) }
    print(result.outcome.rawValue.uppercased())
    if result.outcome != .pass { throw ExitCode(result.outcome.exitCode) }
  }
}
