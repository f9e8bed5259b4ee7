// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoCatalog
import TachoRecord

/// A comparison with a stored sweep as one JSON object.
///
/// `{"schema": "tacho-gate-stored", "version": 1, "verdict": null, warning, machine, then: {sweep, suite,
/// started_at, build}, now, points: [{benchmark, label, point, metrics: [{id, unit, better, reason, ratio,
/// ci_low, ci_high, method, then, now, launches_then, launches_now, spread, standing, worse}], output:
/// {verdict, words}, failures: [text]}], stored_only: [name], suite_only, differences: [text]}`. There is
/// never a verdict; what is not known is null. `spread` is the stored launches' largest median over the
/// smallest, less 1; `standing` is `within`, `beyond` or `unknown`.
package enum StoredJSON {
  package static func render(_ found: StoredComparison) throws -> String {
    let document = ConfigurationValue.object([
      "schema": "tacho-gate-stored", "version": 1, "verdict": .null,
      "warning": .string(StoredRows.warning(found)),
      "machine": .string(found.now.machine.id),
      "then": sweep(found.then), "now": sweep(found.now),
      "points": .array(found.rows.map(row)),
      "stored_only": .array(found.storedOnly.map { .string($0) }),
      "suite_only": .array(found.suiteOnly.map { .string($0) }),
      "differences": .array(found.differences.map { .string($0.words) }),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static func sweep(_ record: SweepRecord) -> ConfigurationValue {
    .object([
      "sweep": .string(record.id), "suite": .string(record.suite),
      "started_at": .string(record.startedAt), "build": .string(record.build.id),
    ])
  }

  private static func row(_ row: StoredComparison.Row) -> ConfigurationValue {
    let verdict: String
    switch row.output {
    case .same: verdict = "same"
    case .different: verdict = "different"
    case .unknown: verdict = "unknown"
    }
    return .object([
      "benchmark": .string(row.point.benchmark), "label": .string(row.point.label),
      "point": .string(row.point.id), "metrics": .array(row.figures.map(figure)),
      "output": .object(["verdict": .string(verdict), "words": .string(row.output.words)]),
      "failures": .array(row.failures.map { .string($0) }),
    ])
  }

  private static func figure(_ figure: StoredComparison.Figure) -> ConfigurationValue {
    var members: [String: ConfigurationValue] = [
      "id": .string(figure.metric.id), "unit": .string(figure.metric.unit.rawValue),
      "better": .string(figure.metric.better.rawValue),
      "worse": figure.isWorse.map { .bool($0) } ?? .null,
    ]
    let shift: StoredShift?
    switch figure.shift {
    case .failure(let unable):
      shift = nil
      members["reason"] = .string(unable.reason)
    case .success(let found):
      shift = found
      members["reason"] = .null
    }
    members["ratio"] = JSONExport.number(shift?.ratio)
    members["ci_low"] = JSONExport.number(shift?.interval?.lowerBound)
    members["ci_high"] = JSONExport.number(shift?.interval?.upperBound)
    members["method"] = JSONExport.text(shift?.method?.rawValue)
    members["then"] = JSONExport.number(shift?.then)
    members["now"] = JSONExport.number(shift?.now)
    members["launches_then"] = shift.map { .int($0.launchesThen) } ?? .null
    members["launches_now"] = shift.map { .int($0.launchesNow) } ?? .null
    members["spread"] = JSONExport.number(shift?.spread)
    members["standing"] = JSONExport.text(shift?.standing.rawValue)
    return .object(members)
  }
}
