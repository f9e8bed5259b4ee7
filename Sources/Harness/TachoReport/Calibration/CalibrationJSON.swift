// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// A calibration as one JSON object whose members are added to, never renamed or removed, without
/// raising `version`.
///
/// `{"schema": "tacho-calibration", "version": 1, "suite", "started_at", "command", "conditions",
/// "machine": {id, name, facts}, "build": {id, facts}, "figures": [{section, name, threads, metric, unit,
/// n, processes, flagged, median, ci_low, ci_high, min, max}], "omitted": [TEXT]}`; what is not known is
/// null.
package enum CalibrationJSON {
  package static let version = 1

  package static func render(_ sweep: ResultSet.Sweep, omissions: [String] = []) throws -> String {
    let figures = CalibrationFigures(sweep)
    let record = figures.sweep
    let document = ConfigurationValue.object([
      "schema": "tacho-calibration", "version": .int(version), "suite": .string(record.suite),
      "started_at": .string(record.startedAt), "command": .string(record.command),
      "conditions": figures.conditions.map { .string($0) } ?? .null,
      "machine": .object([
        "id": .string(record.machine.id), "name": .string(record.machine.name),
        "facts": .object(record.machine.facts),
      ]),
      "build": .object(["id": .string(record.build.id), "facts": .object(record.build.facts)]),
      "figures": .array(figures.figures.map(figure)),
      "omitted": .array((omissions + figures.missing).map { .string($0) }),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static func figure(_ figure: CalibrationFigures.Figure) -> ConfigurationValue {
    func number(_ value: Double?) -> ConfigurationValue { value.map { .double($0) } ?? .null }
    let summary = figure.estimate.summary
    return .object([
      "section": .string(figure.section.rawValue), "name": .string(figure.name),
      "threads": figure.threads.map { .int($0) } ?? .null,
      "metric": .string(figure.estimate.metric.id),
      "unit": .string(figure.estimate.metric.unit.rawValue), "n": .int(summary?.count ?? 0),
      "processes": .int(figure.launches), "flagged": .int(figure.flagged),
      "median": number(summary?.median), "ci_low": number(summary?.interval?.lowerBound),
      "ci_high": number(summary?.interval?.upperBound), "min": number(summary?.minimum),
      "max": number(summary?.maximum),
    ])
  }
}
