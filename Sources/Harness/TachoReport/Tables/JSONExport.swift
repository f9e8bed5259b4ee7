// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// Results as one JSON object whose shape is stable: members are added, never renamed or removed,
/// without raising `version`.
///
/// `{"schema": "tacho-results", "version": 1, "sweeps": [{id, suite, suite_text, plan_hash, command,
/// started_at, machine: {id, name, facts}, build: {id, facts}, points: [...], events: [...]}]}`, where
/// a point is `{id, benchmark, kind, variant, label, axes, configuration, synthetic, status, reason, bound,
/// noise: {pairs, statistic, spread, floor, detectable, detectable_pairs},
/// metrics: {ID: {unit, better, version, definition, n, median, ci_low, ci_high, mean, sd, min, max,
/// mad, unavailable}}, runs: [{id, launch, position, started_at, finished_at, status, reason, facts,
/// samples: [{index, warmup, flag, counted, start_ns, end_ns, values: {ID: number}, unavailable: {ID:
/// reason}, environment: {NAME: number, unavailable: {FIELD: reason}}, counters, kernel_counters,
/// requests: null or [{scheduled_ns, ..., emission_ns, values, unavailable}]}]}]}`; counters, and the
/// point's `steps`, are described where they are written.
/// Figures are of counted samples; what is not known is null.
package enum JSONExport: TableFormat {
  package static let name = "json"
  package static let summary = "every sweep, point, run and sample as one JSON object"
  package static let version = 1

  package static func render(_ results: ResultSet, _ options: TableOptions) throws -> String {
    let points = Dictionary(grouping: PointResult.all(in: results), by: \.sweep.id)
    let document = ConfigurationValue.object([
      "schema": "tacho-results", "version": .int(version),
      "sweeps": .array(results.sweeps.map { sweep($0, points[$0.record.id] ?? []) }),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static func sweep(
    _ sweep: ResultSet.Sweep, _ points: [PointResult]
  ) -> ConfigurationValue {
    let record = sweep.record
    return .object([
      "id": .string(record.id), "suite": .string(record.suite),
      "suite_text": .string(record.suiteText), "plan_hash": .string(record.planHash),
      "command": .string(record.command), "started_at": .string(record.startedAt),
      "machine": .object([
        "id": .string(record.machine.id), "name": .string(record.machine.name),
        "facts": .object(record.machine.facts),
      ]),
      "build": .object([
        "id": .string(record.build.id), "facts": .object(record.build.facts),
      ]),
      "points": .array(points.map(point)),
      "events": .array(sweep.events.map(event)),
    ])
  }

  private static func point(_ row: PointResult) -> ConfigurationValue {
    let metrics = row.readings.map { ($0.metric.id, metric(Estimate($0))) }
    return .object([
      "id": .string(row.point.id), "benchmark": .string(row.point.benchmark),
      "kind": .string(row.point.kind), "variant": text(row.point.variant),
      "label": .string(row.point.label), "axes": .array(row.point.axes.map { .string($0) }),
      "configuration": .object(row.point.configuration.values),
      "synthetic": .bool(row.isSynthetic), "status": .string(row.status.rawValue),
      "reason": text(row.reason), "runs": .array(zip(row.runs, row.samples).map(run)),
      "metrics": .object(Dictionary(metrics) { $1 }),
      "bound": text(row.bound?.bound.rawValue), "noise": noise(row.noise),
      "steps": steps(row),
    ])
  }

  private static func noise(_ noise: PointNoise?) -> ConfigurationValue {
    guard let noise else { return .null }
    return .object([
      "pairs": .int(noise.pairs), "statistic": .string(noise.statistic.rawValue),
      "spread": .double(noise.robust), "floor": number(noise.floor?.relative),
      "detectable": number(noise.detectable.sign.number),
      "detectable_pairs": .int(noise.detectable.pairs),
    ])
  }

  private static func metric(_ estimate: Estimate) -> ConfigurationValue {
    let metric = estimate.metric
    let summary = estimate.summary
    return .object([
      "unit": .string(metric.unit.rawValue), "better": .string(metric.better.rawValue),
      "version": .int(metric.version), "definition": .string(metric.definition),
      "n": .int(summary?.count ?? 0), "median": number(summary?.median),
      "ci_low": number(summary?.interval?.lowerBound),
      "ci_high": number(summary?.interval?.upperBound), "mean": number(summary?.mean),
      "sd": number(summary?.standardDeviation), "min": number(summary?.minimum),
      "max": number(summary?.maximum), "mad": number(summary?.mad),
      "unavailable": text(estimate.mainReason),
    ])
  }

  private static func run(
    _ run: ResultSet.Run, counted: [SampleRecord]
  ) -> ConfigurationValue {
    let record = run.record
    let counted = Set(counted.map(\.index))
    return .object([
      "id": .string(record.id), "launch": .int(record.launch), "position": .int(record.order),
      "started_at": .string(record.startedAt), "finished_at": text(record.finishedAt),
      "status": .string(record.status.rawValue), "reason": text(record.reason),
      "facts": .object(record.facts),
      "samples": .array(run.samples.map { sample($0, isCounted: counted.contains($0.index)) }),
    ])
  }

  private static func sample(_ sample: SampleRecord, isCounted: Bool) -> ConfigurationValue {
    var values: [String: ConfigurationValue] = [:]
    var missing: [String: ConfigurationValue] = [:]
    for measurement in sample.measurements {
      switch measurement.reading {
      case .value(let value) where value.isFinite: values[measurement.metric.id] = .double(value)
      case .value(let value): missing[measurement.metric.id] = .string("not finite: \(value)")
      case .unavailable(let reason): missing[measurement.metric.id] = .string(reason)
      }
    }
    return .object([
      "index": .int(sample.index), "warmup": .bool(sample.warmup), "flag": text(sample.flag),
      "counted": .bool(isCounted),
      "start_ns": sample.isTimed ? .int(sample.observation.startNs) : .null,
      "end_ns": sample.isTimed ? .int(sample.observation.endNs) : .null,
      "values": .object(values), "unavailable": .object(missing),
      "environment": sample.environment.map(environment) ?? .null,
      "counters": counters(sample.observation.counters),
      "kernel_counters": kernelCounters(sample.observation.kernelCounters),
      "requests": requests(sample.observation),
    ])
  }

  private static func environment(_ seen: SampleEnvironment) -> ConfigurationValue {
    var members = Dictionary(seen.fields.map { ($0.name, number($0.value)) }) { $1 }
    members["unavailable"] = .object(seen.unavailable.mapValues { .string($0) })
    return .object(members)
  }

  private static func event(_ event: EventRecord) -> ConfigurationValue {
    .object([
      "run": text(event.runID), "at": .string(event.at), "kind": .string(event.kind),
      "message": .string(event.message),
    ])
  }

  static func text(_ value: String?) -> ConfigurationValue {
    value.map { .string($0) } ?? .null
  }

  static func number(_ value: Double?) -> ConfigurationValue {
    value.map { .double($0) } ?? .null
  }
}
