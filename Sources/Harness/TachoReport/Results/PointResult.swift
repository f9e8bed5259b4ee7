// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// Everything known of one point of one sweep: its runs (one per worker process) and their metrics.
package struct PointResult: Sendable {
  package let sweep: SweepRecord
  package let point: Point
  /// The runs that count, launch by launch: see `counted`.
  package let runs: [ResultSet.Run]
  /// The samples that count, run by run: see `SampleSelection`.
  package let samples: [[SampleRecord]]
  /// Readings of every metric, in the order measured.
  package let readings: [Readings]
  /// Estimates of the metrics that were asked for, by metric id.
  package var estimates: [String: Estimate] = [:]
  /// For each axis of the benchmark, the index of this point's value among the axis's values.
  package var levels: [Int?] = []
  /// What it is bound by; nil where the limits it needs are not known.
  package private(set) var bound: PointBound?
  /// What comparisons of it can see on its machine; nil where that was not calibrated.
  package private(set) var noise: PointNoise?

  /// What the kernels of its steps are held against.
  package let stepBounds: StepBounds

  private let places: [String: Int]
  /// The run that gives the point its status: the first launch that did not complete.
  private let deciding: RunRecord?

  /// All runs of the point, in the order begun.
  private init(
    sweep: SweepRecord, point: Point, runs all: [ResultSet.Run], stepBounds: StepBounds
  ) {
    self.sweep = sweep
    self.stepBounds = stepBounds
    self.point = point
    let launches = Dictionary(grouping: all, by: \.record.launch).sorted { $0.key < $1.key }
      .map(\.value)
    let counted = launches.map(Self.counted)
    runs = counted.flatMap { $0 }
    samples = counted.flatMap(SampleSelection.counted)
    let endings = launches.compactMap(\.last?.record)
    deciding = endings.first { $0.status != .completed } ?? endings.first
    var readings: [Readings] = []
    var places: [String: Int] = [:]
    for (process, samples) in samples.enumerated() {
      for sample in samples {
        for measurement in sample.measurements {
          let place = places[measurement.metric.id] ?? readings.count
          if place == readings.count {
            places[measurement.metric.id] = place
            readings.append(Readings(measurement.metric, launches: runs.count))
          }
          readings[place].add(measurement.reading, launch: process)
        }
      }
    }
    self.readings = readings
    self.places = places
  }

  /// A launch's last run, and before it those it continues because they were broken off; a run that
  /// failed and was tried again is left out, for its samples are of a bad worker.
  private static func counted(_ runs: [ResultSet.Run]) -> [ResultSet.Run] {
    let continued = runs.dropLast().reversed().prefix {
      $0.record.status == .interrupted || $0.record.status == .running
    }
    return continued.reversed().filter { $0.samples.contains { !$0.warmup } } + runs.suffix(1)
  }

  /// Every point of a sweep in the plan's order, with the metrics that only a whole sweep can give.
  package static func all(in sweep: ResultSet.Sweep) -> [PointResult] {
    var order: [[String]] = []
    var runs: [[String]: [ResultSet.Run]] = [:]
    for run in LimitFraction.adding(to: sweep).ownRuns {
      let point = run.record.point
      let key = [point.benchmark, point.kind, point.variant ?? "", point.id]
      if runs[key] == nil { order.append(key) }
      runs[key, default: []].append(run)
    }
    let bounds = PointBound.byRun(of: sweep)
    let stepBounds = StepBounds(sweep)
    let noise = PointNoise.byPoint(in: sweep.calibration?.noise ?? [])
    let points = order.compactMap { key -> PointResult? in
      guard let all = runs[key], let first = all.first else { return nil }
      var point = PointResult(
        sweep: sweep.record, point: first.record.point, runs: all, stepBounds: stepBounds)
      point.bound = point.runs.lazy.compactMap { bounds[$0.record.id] }.first
      point.noise = noise[first.record.point.id]
      return point
    }
    return points.enumerated().sorted { left, right in
      (left.element.planIndex, left.offset) < (right.element.planIndex, right.offset)
    }.map(\.element)
  }

  /// Every point of every sweep, sweep by sweep.
  package static func all(in results: ResultSet) -> [PointResult] {
    results.sweeps.flatMap { all(in: $0) }
  }

  private var planIndex: Int { runs.first?.record.planIndex ?? 0 }

  package func readings(of metricID: String) -> Readings? {
    places[metricID].map { readings[$0] }
  }

  package mutating func estimate(_ metrics: [Metric]) {
    for metric in metrics {
      estimates[metric.id] = readings(of: metric.id).map { Estimate($0) }
    }
  }

  /// `completed` only when every launch of the point completed.
  package var status: RunStatus { deciding?.status ?? .completed }

  /// Why the point ended as it did: of the run that gives it its status.
  package var reason: String? { deciding?.reason }

  /// Random weights in a real model's shape: speed is real, text is not.
  ///
  /// A point that never ran says so too, by what it asked for.
  package var isSynthetic: Bool {
    runs.contains { $0.record.facts["model.synthetic"]?.boolValue == true }
      || point.configuration["model.synth.shape"] != nil
  }

  /// Samples after the warm-up that the sentinel flagged, and how many of them count nevertheless.
  package var flaggedSamples: Int {
    runs.reduce(0) { $0 + $1.samples.count { $0.flag != nil && !$0.warmup } }
  }

  package var flaggedAndCounted: Int {
    samples.reduce(0) { $0 + $1.count { $0.flag != nil } }
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
