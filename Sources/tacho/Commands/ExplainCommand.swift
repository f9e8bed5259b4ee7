// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoRecord
import TachoReport

/// Says what a metric means: definition, unit, direction, and where other tools differ.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a metric means and where other tools mean something else.")

  @Argument(help: "A metric's id, for example latency/tpot; without one all ids are listed.")
  var metric: String?

  @Flag(help: "As JSON: one object, or without a metric an array of all.")
  var json = false

  func run() throws {
    let chosen: [MetricExplanation]
    do {
      chosen = try metric.map { [try MetricExplanation(id: $0)] } ?? MetricExplanation.all
    } catch let CatalogError.unknown(noun, name, known) {
      // People know `ttft`, not what stands before it.
      let parts = known.filter { $0.split(separator: "/").contains { $0 == name } }
      let near =
        parts.isEmpty ? Spelling.suggestion(for: name, among: known).map { [$0] } ?? [] : parts
      let hint =
        near.isEmpty ? "" : "did you mean \(near.prefix(4).joined(separator: ", "))? "
      throw ValidationError("unknown \(noun) '\(name)': \(hint)'tacho explain' lists all")
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let value: ConfigurationValue =
        metric == nil ? .array(chosen.map(\.json)) : chosen[0].json
      try StandardStreams.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    } else if metric == nil {
      try StandardStreams.write(chosen.map { $0.metric.id + "\n" }.joined())
    } else {
      let width = min(StoreOptions.terminalWidth ?? 100, 100)
      try StandardStreams.write(chosen[0].text(width: width))
    }
  }
}
