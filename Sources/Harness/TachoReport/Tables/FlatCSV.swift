// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// One row per point and metric, with every figure: what a spreadsheet or a data frame wants.
///
/// A point without any metric (it failed) is one row with its status and reason.
package enum FlatCSV: TableFormat {
  package static let name = "csv"
  package static let summary = "one row per point and metric"

  package static func render(_ results: ResultSet, _ options: TableOptions) -> String {
    let points = PointResult.all(in: results)
    var paths: [String] = []
    for point in points { paths += point.point.axes.filter { !paths.contains($0) } }
    var csv = CSVText(
      header: [
        "sweep", "suite", "started_at", "machine", "machine_id", "build_id", "benchmark", "kind",
        "point_id", "variant", "synthetic",
      ] + paths + [
        "metric", "metric_version", "unit", "better", "n", "median", "ci_low", "ci_high", "mean",
        "sd", "min", "max", "mad", "status", "reason", "unavailable",
      ])
    for point in points {
      let labels = self.labels(point, paths)
      let ending = [point.status.rawValue, point.reason ?? ""]
      for estimate in point.readings.map({ Estimate($0) }) {
        csv.append(labels + figures(estimate) + ending + [estimate.mainReason ?? ""])
      }
      if point.readings.isEmpty {
        csv.append(labels + Array(repeating: "", count: 13) + ending + [""])
      }
    }
    return csv.text
  }

  private static func labels(_ point: PointResult, _ paths: [String]) -> [String] {
    let sweep = point.sweep
    return [
      sweep.id, sweep.suite, sweep.startedAt, sweep.machine.name, sweep.machine.id, sweep.build.id,
      point.point.benchmark, point.point.kind, point.point.id, point.point.variant ?? "",
      point.isSynthetic ? "true" : "false",
    ] + paths.map { point.point.configuration[$0]?.display ?? "" }
  }

  private static func figures(_ estimate: Estimate) -> [String] {
    let metric = estimate.metric
    let summary = estimate.summary
    let numbers = [
      summary?.median, summary?.interval?.lowerBound, summary?.interval?.upperBound, summary?.mean,
      summary?.standardDeviation, summary?.minimum, summary?.maximum, summary?.mad,
    ]
    return [
      metric.id, String(metric.version), metric.unit.rawValue, metric.better.rawValue,
      String(summary?.count ?? 0),
    ] + numbers.map(CSVText.number)
  }
}
