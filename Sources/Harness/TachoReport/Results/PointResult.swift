// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// Everything known of one point of one sweep: its runs (one per worker process) and their metrics.
package struct PointResult: Sendable {
  package let sweep: SweepRecord
  package let point: Point
  package let runs: [ResultSet.Run]
  /// Readings of every metric, by metric id.
  package let readings: [String: Readings]
  /// Estimates of the benchmark's headline metrics, by metric id.
  package var estimates: [String: Estimate] = [:]
  /// For each axis of the benchmark, the index of this point's value among the axis's values.
  package var levels: [Int?] = []

  package init(sweep: SweepRecord, runs: [ResultSet.Run], point: Point) {
    self.sweep = sweep
    self.point = point
    self.runs = runs
    var readings: [String: Readings] = [:]
    for (launch, run) in runs.enumerated() {
      for sample in run.samples where !sample.warmup {
        for measurement in sample.measurements {
          readings[
            measurement.metric.id, default: Readings(measurement.metric, launches: runs.count)
          ].add(measurement.reading, launch: launch)
        }
      }
    }
    self.readings = readings
  }

  /// `completed` only when every run of the point completed.
  package var status: RunStatus {
    runs.first { $0.record.status != .completed }?.record.status ?? .completed
  }

  /// Why the point ended as it did: of the run that gives it its status.
  package var reason: String? {
    let deciding = runs.first { $0.record.status != .completed } ?? runs.first
    return deciding?.record.reason
  }

  package var isSynthetic: Bool {
    runs.contains { $0.record.facts["model.synthetic"]?.boolValue == true }
  }

  package var flaggedSamples: Int {
    runs.reduce(0) { $0 + $1.samples.count { $0.flag != nil && !$0.warmup } }
  }
}

extension RunStatus {
  /// How a point that ended like this is counted in the verdict.
  package enum Outcome: Sendable { case completed, failed, skipped, unfinished }

  package var outcome: Outcome {
    switch self {
    case .completed: .completed
    case .skipped: .skipped
    case .running: .unfinished
    case .failed, .crashed, .timedOut, .outOfMemory, .interrupted: .failed
    }
  }

  /// The status in words.
  package var words: String {
    switch self {
    case .running: "unfinished"
    case .timedOut: "timed out"
    case .outOfMemory: "out of memory"
    case .completed, .skipped, .failed, .crashed, .interrupted: rawValue
    }
  }
}
