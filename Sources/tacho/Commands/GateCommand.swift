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
      and 4 when the job's own controls failed. docs/gate.md says what that can and cannot claim. \
      Slowdowns that a review accepted are in a file beside the suite; tacho accept writes it.
      """)

  @Argument(help: "The suite file.")
  var suite: String

  @Option(
    help: """
      What to compare with: a revision (main, HEAD~3, main...HEAD for the merge base), 'release' for \
      the newest tag such as v1.2.3 in the candidate's history, or a program's path.
      """)
  var base: String?

  @Option(
    help: ArgumentHelp(
      """
      Measure only the candidate and set it beside a sweep on record of this very machine: a report that \
      never fails.
      """, valueName: "store[#sweep]"))
  var againstStored: String?

  @Option(
    help: """
      With --against-stored: fresh processes for each point (default: \(StoredGate.usualLaunches)).
      """)
  var launches: Int?

  @Option(help: "What to compare: a revision, a program's path, or 'worktree' for the files here.")
  var candidate = "worktree"

  @Option(help: "The SQLite file for results; made if it is not there.")
  var store = StoreOptions.defaultPath

  @Flag(
    help: """
      With --base release: let what was accepted since that release pass; without, such a comparison \
      shows the sum of all slips.
      """)
  var withAccepted = false

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

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "Write the result to a file too: md, junit, sarif, github, json.",
      valueName: "name=path"))
  var formats: [String] = []

  @Flag(help: "Print what this machine can detect, by its calibration, and stop.")
  var power = false

  @Flag(
    help: """
      Neither confirm failures in another layout nor look for their causes: for measuring the gate itself, \
      with slowdowns put in on purpose.
      """)
  var detectOnly = false

  @Flag(
    help: """
      Measure all of gate.pairs launch pairs of every point, also when it is decided: a long run that tells \
      how far apart the two sides really are.
      """)
  var allPairs = false

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  func validate() throws {
    if let launches, againstStored == nil || !(2...1000).contains(launches) {
      throw ValidationError("--launches \(launches): give 2 to 1000, with --against-stored")
    }
    if againstStored != nil, base != nil || budget != nil || power {
      throw ValidationError(
        "--against-stored compares with what is on record: leave out --base, --budget and --power")
    }
  }

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
    if let againstStored {
      return try StoredGate(
        suite: suite, candidate: candidate, storePath: store,
        launches: launches ?? StoredGate.usualLaunches, seed: seed, formats: formats
      ).run(plan, against: againstStored)
    }
    let outputs = try outputFiles()
    if power {
      let machine = MachineProbe().record()
      return try showPower(plan, layout(plan, seed, machine), machine: machine)
    }
    guard let base else {
      throw ValidationError("say what to compare with: --base main, or a program's path")
    }
    let sides = try GateSides(base: base, candidate: candidate)
    if withAccepted, sides.release == nil {
      throw ValidationError(
        "--with-accepted is for --base release: elsewhere what was accepted always applies")
    }
    let acceptances = try AcceptanceSource(
      suite: suite, sides: sides, today: CalendarDay(Date())
    ).load(isApplied: sides.release == nil || withAccepted)
    if let text = AcceptanceSource.remark(acceptances, release: sides.release) {
      StoreOptions.note(text)
    }
    let session = try SweepSession(storePath: store)
    let cache = try BuildCache(
      directory: SyntheticModelCache.directory + "/builds", progress: BuildLine.show)
    let builds = try (
      cache.build(sides.base),
      cache.build(sides.candidate)
    )
    BuildLine.clear()
    try session.prepareModels(plan)
    var layout = layout(plan, seed, session.machine)
    if let acceptances { layout.accept(acceptances) }
    StoreOptions.note(
      "\(builds.0.note.label) against \(builds.1.note.label): \(layout.expected) points, "
        + "\(layout.members.count) decisions, seed \(seed)")
    let progress = GateProgress(budget: plan.gate.policy.secondsMax)
    let job = GateJob(
      session: session, cache: cache, base: builds.0, candidate: builds.1,
      interruption: try SignalInterruption(), observer: progress, detectOnly: detectOnly,
      takesAll: allPairs, release: sides.release)
    let result = try job.run(
      plan, layout, seed: seed, command: CommandLine.arguments.joined(separator: " "))
    progress.end()
    let context = GateContext(
      suitePath: suite, command: CommandLine.arguments.joined(separator: " "),
      machine: session.machine, seconds: [:], width: StoreOptions.terminalWidth)
    try SweepSelection.write(GateTable.render(result, context), to: nil)
    for output in outputs {
      try SweepSelection.write(output.format.render(result, context), to: output.path)
    }
    StoreOptions.note("kept in \(store)")
    if result.outcome != .pass { throw ExitCode(result.outcome.exitCode) }
  }

  private func layout(_ plan: Plan, _ seed: UInt64, _ machine: MachineRecord) -> GateLayout {
    let noise = CalibrationStore.noise(of: plan.suite, machine: machine)
    return GateLayout(plan, seed: seed, statistic: { noise[$0.id]?.statistic })
  }

  /// A format and where it goes.
  private struct Output {
    let format: any GateFormat.Type
    let path: String
  }

  /// `md=comment.md`.
  private func outputFiles() throws -> [Output] {
    var outputs: [Output] = []
    for argument in formats {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let format = GateFormats.named(parts[0]) else {
        var known: [String] = []
        for format in GateFormats.all { known.append(format.name) }
        throw ValidationError(
          "--format \(argument): write NAME=PATH with one of \(known.joined(separator: ", "))")
      }
      outputs.append(Output(format: format, path: parts[1]))
    }
    return outputs
  }

  /// What this machine can tell of each point, from its calibration, before anything is built.
  private func showPower(_ plan: Plan, _ layout: GateLayout, machine: MachineRecord) throws {
    let pairs = CalibrationStore.pairNoise(of: plan.suite, machine: machine) { point in
      let line = layout.lines.first { $0.series.pointID == point }
      let member = layout.members.first { $0.series.first == line?.series.id && $0.role == .point }
      return member.flatMap { GateStatistic(name: $0.statistic) } ?? .launch(.median)
    }
    let members = layout.members.filter { $0.role == .point }
    let powers = members.map { member in
      let point = layout.lines.first { $0.series.id == member.id }?.series.pointID ?? ""
      let known = pairs[point]
      return (
        member.name,
        GatePower(
          noise: known?.noise, margins: member.margins, policy: plan.gate.policy,
          family: layout.members.count, secondsPerPair: known?.seconds)
      )
    }
    try SweepSelection.write(GatePowerTable.render(powers), to: nil)
  }
}
