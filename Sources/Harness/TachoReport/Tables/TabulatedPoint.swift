// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// One row of every table: a point of a benchmark in one sweep, its ending and its figures.
package struct TabulatedPoint: Sendable {
  /// One metric at this point.
  package struct Cell: Sendable {
    package let metric: Metric
    /// Nil when no counted sample has a value.
    package let summary: Summary?
    /// Why values are missing, the most frequent reason first.
    package let unavailable: [String]
  }

  package let sweep: SweepRecord
  package let point: Point
  /// Per launch the last run: a resume leaves the interrupted ones behind.
  package let runs: [ResultSet.Run]
  package let cells: [Cell]

  init(sweep: SweepRecord, point: Point, runs: [ResultSet.Run]) {
    self.sweep = sweep
    self.point = point
    self.runs = runs
    var metrics: [Metric] = []
    var values: [Metric: [[Double]]] = [:]
    var reasons: [Metric: [String: Int]] = [:]
    for (launch, run) in runs.enumerated() {
      for sample in run.samples where !sample.warmup {
        for measurement in sample.measurements {
          let metric = measurement.metric
          if values[metric] == nil {
            metrics.append(metric)
            values[metric] = Array(repeating: [], count: runs.count)
          }
          switch measurement.reading {
          case .value(let value) where value.isFinite: values[metric]?[launch].append(value)
          case .value(let value):
            reasons[metric, default: [:]]["not finite: \(value)", default: 0] += 1
          case .unavailable(let reason): reasons[metric, default: [:]][reason, default: 0] += 1
          }
        }
      }
    }
    cells = metrics.map { metric in
      Cell(
        metric: metric, summary: Summary(ofLaunches: values[metric] ?? []),
        unavailable: (reasons[metric] ?? [:])
          .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
    }
  }

  /// The first launch that did not complete decides.
  package var status: RunStatus { deciding?.record.status ?? .completed }

  package var reason: String? { deciding?.record.reason }

  private var deciding: ResultSet.Run? {
    runs.first { $0.record.status != .completed } ?? runs.first
  }

  /// Random weights in a real model's shape: speed is real, text is not.
  package var isSynthetic: Bool {
    runs.contains { run in
      ["model.synthetic", "synthetic"].contains { run.record.facts[$0]?.boolValue == true }
    }
  }

  package func cell(of metricID: String) -> Cell? {
    cells.last { $0.metric.id == metricID }
  }

  /// Every point of every sweep, in the order first measured.
  package static func all(in results: ResultSet) -> [TabulatedPoint] {
    results.sweeps.flatMap { sweep in
      var order: [[String]] = []
      var runs: [[String]: [Int: ResultSet.Run]] = [:]
      for run in sweep.runs {
        let key = [run.record.point.benchmark, run.record.point.id]
        if runs[key] == nil { order.append(key) }
        runs[key, default: [:]][run.record.launch] = run
      }
      return order.compactMap { key -> TabulatedPoint? in
        let launches = (runs[key] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        guard let first = launches.first else { return nil }
        return TabulatedPoint(sweep: sweep.record, point: first.record.point, runs: launches)
      }
    }
  }
}
