// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoRecord
import TachoReport

/// Shows what was recorded inside samples: the waterfall of a step, a timeline, folded stacks.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show kernel launches recorded with record_launches: waterfall, timeline, stacks.",
    discussion: TraceFormats.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n"))

  @OptionGroup var selection: SweepSelection

  @Option(help: "\(TraceFormats.all.map { $0.name }.joined(separator: ", ")).")
  var format = WaterfallText.name

  @Option(help: "Only points whose 'BENCHMARK LABEL' matches this regular expression.")
  var filter: String?

  @Option(help: "At most so many samples of each process; chrome takes 2 unless told.")
  var samples: Int?

  @Option(name: [.short, .long], help: "File to write instead of standard output.")
  var output: String?

  func validate() throws {
    if let samples, samples < 1 { throw ValidationError("--samples is \(samples): at least 1") }
  }

  func run() throws {
    guard let chosen = TraceFormats.all.first(where: { $0.name == format }) else {
      throw ValidationError(
        "there is no trace format '\(format)'; there are "
          + TraceFormats.all.map { $0.name }.joined(separator: ", "))
    }
    var found = TracedSample.all(of: try selection.results(launches: .max))
    if let filter {
      let pattern: Regex<AnyRegexOutput>
      do { pattern = try Regex(filter) } catch {
        throw ValidationError("--filter: '\(filter)' is not a regular expression: \(error)")
      }
      found = found.filter { "\($0.run.point.benchmark) \($0.run.point.label)".contains(pattern) }
    }
    guard !found.isEmpty else {
      throw ValidationError(
        "no launches are recorded\(filter == nil ? "" : " of points that match"): measure with "
          + "record_launches: true under 'measure:'")
    }
    let limit = samples ?? (chosen == ChromeTrace.self ? 2 : Int.max)
    var taken: [String: Int] = [:]
    let shown = found.filter { sample in
      taken[sample.run.id, default: 0] += 1
      return taken[sample.run.id, default: 0] <= limit
    }
    if shown.count < found.count {
      StoreOptions.note("\(shown.count) of \(found.count) samples; --samples takes more")
    }
    try SweepSelection.write(try chosen.text(of: shown), to: output)
  }
}
