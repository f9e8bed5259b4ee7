// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoRecord
import TachoReport

/// Writes results as text: CSV, JSON, Markdown or a terminal table.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write results as CSV, JSON or Markdown.")

  @OptionGroup var selection: SweepSelection

  @Flag(help: "One row per point and metric; with -o DIRECTORY/ a tree of CSV files.")
  var csv = false

  @Flag(help: "Everything as one JSON object.")
  var json = false

  @Flag(help: "Tables for a pull request.")
  var markdown = false

  @Option(name: [.short, .long], help: "File to write; for --csv a directory makes a tree.")
  var output: String?

  func run() throws {
    let chosen = [("csv", csv), ("json", json), ("markdown", markdown)].filter(\.1).map(\.0)
    guard chosen.count <= 1 else {
      throw ValidationError("choose one of --csv, --json and --markdown")
    }
    let tree = csv && (output.map { $0.hasSuffix("/") || SweepSelection.isDirectory($0) } ?? false)
    let results = try selection.results(
      withRequests: tree || json, launches: tree ? .max : json ? StepsSection.launchesPerRun : 0)
    if tree, let output {
      try CSVTree.export(results, to: output)
      return
    }
    guard let format = TableFormats.named(chosen.first ?? "terminal") else { return }
    let text = try format.render(
      results, TableOptions(width: output == nil ? StoreOptions.terminalWidth : nil))
    try SweepSelection.write(text, to: output)
  }
}
