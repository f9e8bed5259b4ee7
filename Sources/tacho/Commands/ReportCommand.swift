// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoRecord
import TachoReport

/// Writes one self-contained HTML file.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write one self-contained HTML report.")

  @OptionGroup var selection: SweepSelection

  @Option(name: [.short, .long], help: "The HTML file to write.")
  var output = "tacho-report.html"

  @Option(help: "Title of the report.")
  var title: String?

  func run() throws {
    let results = try selection.results(launches: StepsSection.launchesPerRun)
    let suites = results.sweeps.map(\.record.suite)
    var names: [String] = []
    for suite in suites where !names.contains(suite) { names.append(suite) }
    let html = HTMLReport(
      results: results, title: title ?? names.joined(separator: ", "),
      gates: try selection.gates(of: results)
    ).render()
    try SweepSelection.write(html, to: output)
    StoreOptions.note("report in \(output)")
  }
}
