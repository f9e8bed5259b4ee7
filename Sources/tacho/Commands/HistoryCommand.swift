// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoRecord
import TachoReport

/// Looks for changes over the builds of a project.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Look for changes over builds, in stores or in a file of series.",
    discussion: """
      Every point's metrics over the builds that were measured, one value per build, with the builds since \
      which they are different. What it finds is a suspicion; the commands it prints compare the two builds, \
      or search between them. Where jobs of tacho gate compared several builds with one reference, values are \
      ratios to it; figures of different days that nothing was measured beside also change with the machine.
      """)

  @Option(help: "A result store (SQLite file); may be given several times.")
  var store: [String] = []

  @Option(help: "Only this suite.")
  var suite: String?

  @Option(
    help: "Only this metric, for example decode/tokens-per-second; default: the headline ones.")
  var metric: String?

  @Option(help: "Only series whose 'name metric' matches this regular expression.")
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "The builds' order: a file of revisions, oldest first, as 'git rev-list --first-parent --reverse' writes "
        + "it. Default: of ratios the commits' order where this is their repository, else the order in which "
        + "they were first measured.", valueName: "file"))
  var order: String?

  @Option(
    help: ArgumentHelp(
      "Read series from a CSV file instead, with the columns series,position,value and optionally label; "
        + "'-' is standard input.", valueName: "file"))
  var series: String?

  @Option(
    help: ArgumentHelp(
      "Where values come from: gates takes ratios to a reference build measured in the same job, from jobs of "
        + "tacho gate; runs takes the figures of tacho run; auto takes ratios where a store has them against a "
        + "common reference, else the others."))
  var from = HistorySource.auto

  @Option(help: "Only ratios to this build, and those tied to it: a revision.")
  var reference: String?

  @Flag(help: "With --series: the values are natural logarithms already.")
  var log = false

  @Flag(help: "As JSON.")
  var json = false

  func validate() throws {
    if series != nil,
      !store.isEmpty || suite != nil || metric != nil || order != nil || reference != nil
        || from != .auto
    {
      throw ValidationError(
        "--series reads a file by itself; leave out --store, --suite, --metric, --order, --from and "
          + "--reference")
    }
    if reference != nil, from == .runs {
      throw ValidationError("--reference is about jobs of the gate: leave out --from runs")
    }
    if log, series == nil { throw ValidationError("--log is about the file of --series") }
  }

  func run() throws {
    let pattern = try filter.map { text in
      do {
        return try Regex(text)
      } catch {
        throw ValidationError("--filter '\(text)' is not a regular expression: \(error)")
      }
    }
    let all = try series.map(readFile) ?? readStores()
    let chosen = all.filter { series in
      guard let pattern else { return true }
      let text = [series.name, series.metric?.id].compactMap { $0 }.joined(separator: " ")
      return text.firstMatch(of: pattern) != nil
    }
    guard !chosen.isEmpty else {
      let examples = all.prefix(3).map { "'\($0.name)\($0.metric.map { " " + $0.id } ?? "")'" }
      throw ValidationError(
        examples.isEmpty
          ? "there is no series"
          : "no series matches '\(filter ?? "")'; series are named \(examples.joined(separator: ", "))"
      )
    }
    let analysis = HistoryAnalysis(chosen)
    try StandardStreams.write(
      json ? try HistoryJSON.render(analysis) : HistoryTable.render(analysis))
  }

  private func readFile(_ path: String) throws -> [HistorySeries] {
    do {
      return try SeriesFile.series(in: try text(of: path), areLogarithms: log)
    } catch let problem as SeriesFile.Problem {
      throw ValidationError(
        "\(path): \(problem)" + (problem.isAboutLogarithm ? " (--log)" : ""))
    }
  }

  private func readStores() throws -> [HistorySeries] {
    let paths = store.isEmpty ? [StoreOptions.defaultPath] : store
    return try HistoryStores(
      paths: paths, suite: suite, metric: metric, reference: reference, from: from,
      revisions: try revisions(), orderFile: order
    ).series()
  }

  private func revisions() throws -> [String]? {
    guard let order else { return nil }
    let lines = try text(of: order).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !lines.isEmpty else {
      throw ValidationError(
        "--order \(order): the file holds no revision, one is wanted on each line")
    }
    return lines
  }

  private func text(of path: String) throws -> String {
    let data: Data?
    if path == "-" {
      data = try FileHandle.standardInput.readToEnd() ?? Data()
    } else {
      guard !SweepSelection.isDirectory(path) else {
        throw ValidationError("\(path) is a directory; a text file is wanted")
      }
      data = FileManager.default.contents(atPath: path)
    }
    guard let data else {
      throw ValidationError("cannot read \(path): no such file, or not allowed")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ValidationError("\(path) is not UTF-8 text")
    }
    return text
  }
}
