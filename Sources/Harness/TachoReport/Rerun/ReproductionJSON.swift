// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// What a rerun found, as one JSON object.
///
/// `{"schema": "tacho-rerun", "version": 1, repeated: {sweep, runs, point, benchmark, label}, rerun:
/// {sweep, runs}, verdict, place, metrics: [{id, unit, better, verdict, reason, ratio, ci_low, ci_high,
/// level, tolerance, spread, launches_needed, before: {median, ci_low, ci_high, n, launches}, after}],
/// output: {verdict, samples, different, first, before, after, reason}, differences: [{area, path, before,
/// after, effect, why}], disturbed: {before: {samples, flagged}, after}, failures: [text]}`. What is not known is null.
package enum ReproductionJSON {
  package static func render(
    _ found: Reproduction, of before: [RunRecord], by after: [RunRecord]
  ) throws -> String {
    let first = before.first
    let document = ConfigurationValue.object([
      "schema": "tacho-rerun", "version": 1, "verdict": .string(found.verdict.rawValue),
      "place": .string(found.place.rawValue),
      "repeated": .object([
        "sweep": JSONExport.text(first?.sweepID), "point": JSONExport.text(first?.point.id),
        "benchmark": JSONExport.text(first?.point.benchmark),
        "label": JSONExport.text(first?.point.label),
        "runs": .array(before.map { .string($0.id) }),
      ]),
      "rerun": .object([
        "sweep": JSONExport.text(after.first?.sweepID),
        "runs": .array(after.map { .string($0.id) }),
      ]),
      "metrics": .array(found.figures.map(figure)), "output": output(found.output),
      "differences": .array(found.differences.map(difference)),
      "disturbed": .object([
        "before": share(found.disturbed.before), "after": share(found.disturbed.after),
      ]),
      "failures": .array(found.failures.map { .string($0) }),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static func figure(_ figure: Reproduction.Figure) -> ConfigurationValue {
    let metric = figure.metric
    var members: [String: ConfigurationValue] = [
      "id": .string(metric.id), "unit": .string(metric.unit.rawValue),
      "better": .string(metric.better.rawValue), "verdict": .string(figure.verdict.rawValue),
    ]
    switch figure.comparison {
    case .failure(let unable):
      members["reason"] = .string(unable.reason)
      for name in Self.numbers { members[name] = .null }
    case .success(let found):
      members["reason"] = .string(found.reason)
      members["ratio"] = .double(found.ratio)
      members["ci_low"] = .double(found.interval.lowerBound)
      members["ci_high"] = JSONExport.number(found.interval.upperBound)
      members["level"] = .double(found.level)
      members["tolerance"] = .double(found.tolerance)
      members["spread"] = .double(found.spread)
      members["launches_needed"] = found.launchesNeeded.map { .int($0) } ?? .null
      members["before"] = summary(found.before, launches: found.launchesBefore)
      members["after"] = summary(found.after, launches: found.launchesAfter)
    }
    return .object(members)
  }

  private static let numbers = [
    "ratio", "ci_low", "ci_high", "level", "tolerance", "spread", "launches_needed", "before",
    "after",
  ]

  private static func summary(_ summary: Summary, launches: Int) -> ConfigurationValue {
    .object([
      "median": .double(summary.median), "ci_low": JSONExport.number(summary.interval?.lowerBound),
      "ci_high": JSONExport.number(summary.interval?.upperBound), "n": .int(summary.count),
      "launches": .int(launches),
    ])
  }

  private static func share(_ share: Reproduction.Share) -> ConfigurationValue {
    .object(["samples": .int(share.all), "flagged": .int(share.count)])
  }

  private static func output(_ output: OutputComparison) -> ConfigurationValue {
    switch output {
    case .same(let samples): .object(["verdict": "same", "samples": .int(samples)])
    case .different(let first, let before, let after, let count, let all):
      .object([
        "verdict": "different", "samples": .int(all), "different": .int(count),
        "first": .int(first), "before": .string(before), "after": .string(after),
      ])
    case .unknown(let reason): .object(["verdict": "unknown", "reason": .string(reason)])
    }
  }

  private static func difference(_ found: EnvironmentDifference) -> ConfigurationValue {
    .object([
      "area": .string(found.area.rawValue), "path": .string(found.path),
      "before": found.before ?? .null, "after": found.after ?? .null,
      "effect": .string(found.effect.name), "why": .string(found.why),
    ])
  }
}
