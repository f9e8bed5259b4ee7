// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// All points of one benchmark of one suite, from every sweep of the report.
package struct BenchmarkResults: Sendable {
  package let suite: String
  package let name: String
  package let kind: String
  /// The axes with at least two values; an axis with one tells no points apart.
  package let axes: [ReportAxis]
  package let points: [PointResult]
  /// Every metric that some point has a reading of, in order of id.
  package let metrics: [Metric]
  /// The metrics that charts and the table show first.
  package let headline: [Metric]

  package init(suite: String, name: String, kind: String, points unindexed: [PointResult]) {
    self.suite = suite
    self.name = name
    self.kind = kind
    let columns = Self.columns(of: unindexed)
    let all = columns.map { column in
      ReportAxis(path: column.path, values: unindexed.compactMap(column.value))
    }
    let kept = all.indices.filter { all[$0].values.count > 1 }
    axes = kept.map { all[$0] }
    metrics = Set(unindexed.flatMap { $0.readings.map(\.metric) })
      .sorted { ($0.id, $0.version) < ($1.id, $1.version) }
    let valued = metrics.filter { metric in
      unindexed.contains { $0.readings(of: metric.id)?.median != nil }
    }
    // Whoever asked for counts wants them beside the times.
    let rates = Self.headline(of: valued.isEmpty ? metrics : valued, unindexed)
    let counts = valued.filter { $0.id == CallgrindInstructions.metric.id && !rates.contains($0) }
    headline = rates + counts
    var indexed: [PointResult] = []
    for var point in unindexed {
      point.levels = kept.map { all[$0].level(of: columns[$0].value(point)) }
      point.estimate(headline)
      indexed.append(point)
    }
    points = indexed.sorted { left, right in
      for (a, b) in zip(left.levels, right.levels) where a != b { return (a ?? -1) < (b ?? -1) }
      return false
    }
  }

  /// A name that tells this benchmark from others in text: the suite's name only where it helps.
  package var title: String { name }

  /// `engine.threads=2, weights.format=q4_0`: the values that tell a point from the others.
  package func label(of point: PointResult) -> String {
    let parts = zip(axes, point.levels).compactMap { axis, level in
      level.map { _ in "\(axis.path)=\(axis.text(level))" }
    }
    return parts.isEmpty ? name : parts.joined(separator: ", ")
  }

  private struct Column {
    let path: String
    let value: (PointResult) -> ConfigurationValue?
  }

  /// Where points come from first (only what differs is kept), then the swept paths.
  private static func columns(of points: [PointResult]) -> [Column] {
    let sweeps = points.map(\.sweep)
    let machines = labels(
      Dictionary(sweeps.map { ($0.machine.id, $0.machine.name) }, uniquingKeysWith: { $1 }))
    let builds = labels(
      Dictionary(
        sweeps.map { ($0.build.id, Facts($0.build.facts).revision ?? "") },
        uniquingKeysWith: { $1 }))
    var columns = [
      Column(path: "machine") { machines[$0.sweep.machine.id].map { .string($0) } },
      Column(path: "build") { builds[$0.sweep.build.id].map { .string($0) } },
    ]
    let identities = points.map { [$0.point.id, $0.sweep.machine.id, $0.sweep.build.id] }
    if Set(identities).count < points.count {
      columns.append(Column(path: "sweep") { .string("\($0.sweep.startedAt) (\($0.sweep.id))") })
    }
    columns.append(Column(path: "variant") { $0.point.variant.map { .string($0) } })
    var paths: [String] = []
    for point in points { paths += point.point.axes.filter { !paths.contains($0) } }
    for path in paths { columns.append(Column(path: path) { $0.point.configuration[path] }) }
    return columns
  }

  /// Names by id: with the id's start only where two would read the same.
  private static func labels(_ names: [String: String]) -> [String: String] {
    let uses = Dictionary(grouping: names.values) { $0 }.mapValues(\.count)
    return names.reduce(into: [:]) { labels, entry in
      let isUnique = uses[entry.value] == 1 && !entry.value.isEmpty
      labels[entry.key] = isUnique ? entry.value : "\(entry.value) (\(entry.key.prefix(6)))"
    }
  }

  /// A model's start; a load's throughput and latencies; else speed; where there is none, the time to the first token, the sample's time, or whatever
  /// was measured.
  private static func headline(of metrics: [Metric], _ points: [PointResult]) -> [Metric] {
    func first(_ ids: [String]) -> [Metric] {
      ids.compactMap { id in metrics.last { $0.id == id } }
    }
    let starts = first(["load/first-token-seconds", "load/repack-seconds"])
    if !starts.isEmpty { return starts }
    let loads = first([
      "serve/output-tokens-per-second", "serve/ttft/p50", "serve/tpot/p50",
      "serve/goodput-fraction",
    ])
    if !loads.isEmpty { return loads }
    let speeds = first(["decode/tokens-per-second", "prefill/tokens-per-second"])
    if !speeds.isEmpty { return speeds }
    let mixed = first(["generate/tokens-per-second"])
    if !mixed.isEmpty { return mixed }
    let rates = first(["kernel/bytes-per-second", "kernel/flops-per-second"])
    if !rates.isEmpty {
      // A kernel that moves and computes nothing has no rate: its time is what it was measured for.
      let hasTimeOnly = points.contains { point in
        !point.readings.isEmpty && rates.allSatisfy { point.readings(of: $0.id)?.median == nil }
      }
      return rates + (hasTimeOnly ? first(["kernel/seconds"]) : [])
    }
    let times = first(["latency/ttft", "kernel/seconds", "sample/seconds"])
    return Array((times.isEmpty ? metrics : times).prefix(1))
  }
}
