// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoCatalog
import TachoRecord

/// A history as one JSON object whose members are added to, never renamed or removed, without raising
/// `version`.
///
/// `{"schema": "tacho-history", "version": 1, "alpha", "false_discovery_rate", "tests", "series": [{name,
/// suite, metric, unit, better, machine, basis, reference, caution, deviation, autocorrelation,
/// latest: {shift, ci_low, ci_high}, builds: [{build, revision, date, value, ci_low, ci_high}],
/// windows: [{start, end, p}], changes: [{index, build, p, p_adjusted, suspicion, shift, ci_low, ci_high,
/// floor, before: {builds, median}, after: {builds, median}, confirm, bisect}]}]}`. Values, shifts, medians and
/// deviations are natural logarithms; what is not known is null.
package enum HistoryJSON {
  package static let version = 1

  package static func render(_ analysis: HistoryAnalysis) throws -> String {
    let document = ConfigurationValue.object([
      "schema": "tacho-history", "version": .int(version),
      "alpha": .double(RankEDivisive().alpha),
      "false_discovery_rate": .double(HistoryAnalysis.falseDiscoveryRate),
      "tests": .int(analysis.tests),
      "series": .array(analysis.results.map { series(HistoryFigures($0)) }),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static func series(_ figures: HistoryFigures) -> ConfigurationValue {
    let series = figures.series
    let changes = figures.result.changes
    var basis = "given"
    var reference: String?
    switch series.basis {
    case .reference(let name): (basis, reference) = ("reference", name)
    case .absolute: basis = "absolute"
    case .given: break
    }
    return .object([
      "name": .string(series.name), "suite": text(series.suite),
      "metric": text(series.metric?.id), "unit": text(series.metric?.unit.rawValue),
      "better": text(series.metric?.better.rawValue), "machine": text(series.machine),
      "basis": .string(basis), "reference": text(reference), "caution": text(figures.caution),
      "deviation": number(changes.deviation), "autocorrelation": number(changes.autocorrelation),
      "latest": figures.latest.map { .object(interval($0.interval, ["shift": number($0.shift)])) }
        ?? .null,
      "builds": .array(
        series.values.map { value in
          .object(
            interval(
              value.interval,
              [
                "build": .string(value.build.id), "revision": text(value.build.revision),
                "date": text(value.date), "value": number(value.value),
              ]))
        }),
      "windows": .array(
        changes.windows.map {
          .object(["start": .int($0.start), "end": .int($0.end), "p": .double($0.p)])
        }),
      "changes": .array(
        zip(changes.changePoints, figures.result.adjusted).map { change($0, $1, figures) }),
    ])
  }

  private static func change(
    _ point: ChangePoint, _ adjusted: Double, _ figures: HistoryFigures
  ) -> ConfigurationValue {
    func level(_ level: ChangePoint.Level) -> ConfigurationValue {
      .object(["builds": .int(level.count), "median": number(level.median)])
    }
    return .object(
      interval(
        point.shift.interval,
        [
          "index": .int(point.index),
          "build": .string(figures.series.values[point.index].build.id), "p": number(point.p),
          "p_adjusted": number(adjusted),
          "suspicion": .bool(adjusted <= HistoryAnalysis.falseDiscoveryRate),
          "shift": number(point.shift.estimate), "floor": number(point.floor),
          "before": level(point.before), "after": level(point.after),
          "confirm": text(figures.confirmation(of: point)),
          "bisect": text(figures.search(for: point)),
        ]))
  }

  private static func interval(
    _ range: ClosedRange<Double>?, _ more: [String: ConfigurationValue]
  ) -> [String: ConfigurationValue] {
    more.merging(["ci_low": number(range?.lowerBound), "ci_high": number(range?.upperBound)]) { $1 }
  }

  private static func number(_ value: Double?) -> ConfigurationValue {
    value.map { .double($0) } ?? .null
  }

  private static func text(_ value: String?) -> ConfigurationValue {
    value.map { .string($0) } ?? .null
  }
}
