// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoRecord
import TachoReport
import TachoRun
import TachoStore

/// Measures a row of results once more, from what the store has of it, and says whether its number comes
/// out again.
struct RerunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Measure a row again and say whether its number comes out again.",
    discussion: """
      RUN is the id of a run, or its beginning, for that one launch; or BENCHMARK LABEL for all launches \
      of that point in the latest sweep. Configuration, measurement policy and seeds come from the store, \
      not from a suite file. Launches differ more than samples of one launch: the ratio's interval says \
      how far a launch of then may lie from those of now with nothing changed. Exit codes: 0 reproduced, \
      1 differs, 2 a mistake in the command, 3 cannot tell.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's id or its beginning, or 'BENCHMARK LABEL' of the latest sweep.", valueName: "run"))
  var name: String

  @Option(help: "The SQLite file that has the run; the new measurement goes there too.")
  var store = StoreOptions.defaultPath

  @Option(help: "Fresh worker processes to measure it in; with few, little can be told.")
  var launches = 5

  @Option(
    help: ArgumentHelp(
      "A change that is none: reproduced means that the ratio's whole interval lies within it.",
      valueName: "percent"))
  var within = 5.0

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  func validate() throws {
    guard (2...1000).contains(launches) else {
      throw ValidationError(
        "--launches \(launches): give 2 to 1000; one launch does not show how much launches differ")
    }
    guard within.isFinite, within > 0, within <= 1000 else {
      throw ValidationError("--within \(within): give percent above 0, at most 1000")
    }
  }

  func run() throws {
    Diagnostics.start(verbose: verbose)
    // Before a session opens it, which would make the file.
    guard FileManager.default.fileExists(atPath: store) else {
      throw ValidationError("there is no store \(store); --store says where it is")
    }
    let session = try SweepSession(storePath: store)
    let row = try StoredRow(name, in: session.store)
    let metrics = row.headline
    let plan = row.plan(launches: launches)
    note(row, session)
    try session.prepareModels(plan)
    let (sweep, outcome) = try session.measure(
      plan,
      .init(command: CommandLine.arguments.joined(separator: " "), repeating: row.record))
    if outcome.interrupted {
      StoreOptions.note("interrupted; what was measured is sweep \(sweep.record.id) in \(store)")
      throw ExitCode(130)
    }
    let again = Dictionary(grouping: sweep.runs, by: \.record.launch).sorted { $0.key < $1.key }
      .map(\.value)
    let found = Reproduction(
      before: (row.sweep, row.launches), after: (sweep, again), metrics: metrics,
      tolerance: within / 100)
    let (old, new) = (row.launches.flatMap { $0 }, sweep.runs)
    try StandardStreams.write(
      json
        ? ReproductionJSON.render(found, of: old.map(\.record), by: new.map(\.record))
        : ReproductionText.render(found, title: title(row, sweep)))
    if let code = Self.code(found.verdict) { throw code }
  }

  private func title(_ row: StoredRow, _ sweep: ResultSet.Sweep) -> String {
    "\(row.record.point.name) of \(row.sweep.record.startedAt), measured again in \(launches) processes "
      + "(sweep \(sweep.record.id))"
  }

  /// What is about to be measured, and what the store does not have.
  private func note(_ row: StoredRow, _ session: SweepSession) {
    let processes = row.launches.count
    StoreOptions.note(
      "repeats \(row.record.point.name) of sweep \(row.sweep.record.id) (\(processes) "
        + "launch\(processes == 1 ? "" : "es") then) in \(launches) fresh processes")
    if row.record.policy == nil {
      StoreOptions.note(
        "note: how it was to be measured is not on record; as many samples are taken as there are")
    }
    if row.sweep.record.machine.id != session.machine.id {
      StoreOptions.note(
        "note: it was measured on \(row.sweep.record.machine.name), another machine "
          + "or this one with other settings")
    }
  }

  static func code(_ verdict: LaunchReproduction.Verdict) -> ExitCode? {
    switch verdict {
    case .reproduced: nil
    case .differs: ExitCode(1)
    case .cannotTell: ExitCode(3)
    }
  }
}
