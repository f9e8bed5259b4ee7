// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
package import TachoRecord

/// The points of one benchmark of one sweep: one table.
package struct TabulatedBenchmark: Sendable {
  package let sweep: SweepRecord
  package let name: String
  package let kind: String
  /// In the plan's order, with estimates of the headline metrics.
  package let points: [PointResult]
  /// Swept paths, in the suite's order.
  package let axes: [String]
  /// Metrics with a value at some point, the ones people ask for first.
  package let metrics: [Metric]
  /// What a table for people shows; everything measured when nothing that people ask for was.
  package let headline: [Metric]
  /// The calibration that was at hand for limits; nil for none.
  let calibrationName: String?
  /// Whether a limit that these points were held against is the calibration's.
  let usesCalibration: Bool

  init(points: [PointResult], of first: PointResult, in results: ResultSet) {
    sweep = first.sweep
    let whole = results.sweeps.first { $0.record.id == first.sweep.id }
    calibrationName = whole?.calibration?.name
    usesCalibration = points.contains { $0.bound != nil } && whole?.measuresItsLimits == false
    name = first.point.benchmark
    kind = first.point.kind
    var axes: [String] = []
    for point in points { axes += point.point.axes.filter { !axes.contains($0) } }
    self.axes = axes
    var metrics: [Metric] = []
    var seen: Set<String> = []
    for readings in points.flatMap(\.readings) where readings.median != nil {
      if seen.insert(readings.metric.id).inserted { metrics.append(readings.metric) }
    }
    metrics = metrics.enumerated().sorted {
      (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
    }.map(\.element)
    self.metrics = metrics
    let known = metrics.filter { Self.asked.contains($0.id) }
    let headline = known.isEmpty ? metrics : known
    self.headline = headline
    self.points = points.map { point in
      var point = point
      point.estimate(headline)
      return point
    }
  }

  /// Benchmarks sweep by sweep, in the plan's order.
  package static func all(in results: ResultSet) -> [TabulatedBenchmark] {
    var order: [[String]] = []
    var groups: [[String]: [PointResult]] = [:]
    for point in PointResult.all(in: results) {
      let key = [point.sweep.id, point.point.benchmark]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(point)
    }
    return order.compactMap { key in
      guard let points = groups[key], let first = points.first else { return nil }
      return TabulatedBenchmark(points: points, of: first, in: results)
    }
  }

  /// What people ask for, in the order they ask.
  private static let asked = [
    "load/first-token-seconds", "load/seconds", "load/repack-seconds",
    "prefill/tokens-per-second", "decode/tokens-per-second", "generate/tokens-per-second",
    LimitFraction.decodeBandwidth.metric.id, LimitFraction.prefillPeak.metric.id, "latency/ttft",
    "latency/tpot",
    "serve/output-tokens-per-second", "serve/request-rate-achieved", "serve/ttft/p50",
    "serve/tpot/p50", "serve/e2el/p50", "serve/goodput-fraction",
    "kernel/bytes-per-second", "kernel/flops-per-second", LimitFraction.kernelBandwidth.metric.id,
    LimitFraction.kernelPeak.metric.id, LimitFraction.kernelAttainable.metric.id, "kernel/seconds",
    "callgrind/instructions",
    "energy/joules-per-token",
  ]

  /// The bare time of a sample comes last.
  private static func rank(_ metric: Metric) -> Int {
    asked.firstIndex(of: metric.id)
      ?? (metric.id == "sample/seconds" ? asked.count + 1 : asked.count)
  }
}
