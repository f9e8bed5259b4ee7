// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoSuite
import TachoWorkloads

/// What a llama-bench user expects, through the same machinery as suites.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure pp, tg and pg of models, as llama-bench does.",
    discussion: """
      Values may be lists and ranges: 512, 128,256, 1-8*2, 0-4096+1024. Without -p and -n the \
      tests are pp512 and tg128; 0 leaves one out. Points are measured in random order, each in a \
      process of its own, and kept in the store.
      """)

  @Option(
    name: [.short, .long], parsing: .upToNextOption,
    help: "A .gguf file, a model directory, or synth:SHAPE:FORMAT for random weights.")
  var model: [String]

  @Option(name: [.customShort("p"), .customLong("n-prompt")], help: "Prompt tokens (test pp).")
  var prompt: [String] = []

  @Option(name: [.customShort("n"), .customLong("n-gen")], help: "Generated tokens (test tg).")
  var output: [String] = []

  @Option(
    name: [.customLong("pg", withSingleDash: true)],
    help: ArgumentHelp("Prompt then generated tokens (test pp+tg).", valueName: "pp,tg"))
  var both: [String] = []

  @Option(
    name: [.customShort("d"), .customLong("n-depth")], help: "Tokens in the KV store before.")
  var depth: [String] = []

  @Option(name: [.short, .long], help: "Worker threads; the default is every processor.")
  var threads: [String] = []

  @Option(
    name: [.customLong("ub", withSingleDash: true), .customLong("ubatch-size")],
    help: "Most rows of one forward pass.")
  var microbatch: [String] = []

  @Option(
    name: [.customLong("ctk", withSingleDash: true), .customLong("cache-type-k")],
    help: "How keys and values are stored: f16 or f32.")
  var cacheType: [String] = []

  @Option(name: [.short, .long], help: "Samples of each test.")
  var repetitions = 5

  @Flag(help: "Take no warm-up sample.")
  var noWarmup = false

  @Option(
    name: [.short, .long],
    help: "Output: \(LlamaBenchFormats.all.map { $0.name }.joined(separator: ", ")).")
  var outputFormat: String = "md"

  @Option(help: "The SQLite file for results; made if it is not there.")
  var store = StoreOptions.defaultPath

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set any knob of kind generate.", valueName: "path=value"))
  var settings: [String] = []

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  @Option(help: "Seed of the order in which points are measured.")
  var seed: UInt64 = 1

  func validate() throws {
    if repetitions < 1 { throw ValidationError("-r \(repetitions): at least 1 sample is needed") }
    if LlamaBenchFormats.named(outputFormat) == nil {
      throw ValidationError(
        "-o \(outputFormat): use "
          + LlamaBenchFormats.all.map { $0.name }.joined(separator: ", "))
    }
  }

  func run() throws {
    Diagnostics.start(verbose: verbose)
    let plan = try BenchPlan(
      models: model, prompts: prompt, outputs: output, pairs: both, depths: depth,
      threads: threads, microbatches: microbatch, cacheTypes: cacheType, settings: settings,
      policy: .fixed(repetitions, warmup: noWarmup ? 0 : 1)
    ).plan(command: CommandLine.arguments.joined(separator: " "))
    let session = try SweepSession(storePath: store)
    try session.prepareModels(plan)
    let (sweep, outcome) = try session.measure(
      plan,
      .init(seed: seed, command: CommandLine.arguments.joined(separator: " ")))
    // Measured in random order, shown in the order asked for.
    var rank: [String: Int] = [:]
    for (index, planned) in plan.points.enumerated() { rank[planned.point.id] = index }
    var ordered = sweep
    ordered.runs.sort { (rank[$0.record.point.id] ?? 0) < (rank[$1.record.point.id] ?? 0) }
    let rows = LlamaBenchRow.rows(of: ResultSet(sweeps: [ordered]))
    if let format = LlamaBenchFormats.named(outputFormat) {
      try SweepSelection.write(format.render(rows), to: nil)
    }
    for run in ordered.runs where run.record.status != .completed {
      let settings = run.record.point.axes.isEmpty ? "" : run.record.point.label
      StoreOptions.note(
        "\(run.record.point.benchmark)\(settings.isEmpty ? "" : " " + settings): "
          + "\(run.record.status.rawValue): \(run.record.reason ?? "no reason was recorded")")
    }
    if outcome.interrupted { throw ExitCode(130) }
    if outcome.failures > 0 || outcome.measuredNothing { throw ExitCode(1) }
  }
}
