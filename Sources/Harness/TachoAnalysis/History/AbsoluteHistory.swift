// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// Series of absolute figures from sweeps of different days and builds.
///
/// Nothing was measured beside them that did not change, so a change of the machine looks like one of the
/// program: they say where to look, no more.
package enum AbsoluteHistory {
  /// Builds in the order of their first sweep, or of `revisions` where given (oldest first; builds of
  /// other revisions, or of none, are left out).
  ///
  /// A series is one metric of one point in one suite, machine and build mode. Of a build's sweeps all
  /// processes are taken together: the value is ln of the median of all their samples that count, with
  /// an interval that resamples processes.
  package static func series(
    in sweeps: [ResultSet.Sweep], revisions: [String]? = nil,
    wants: (Point, Metric) -> Bool = { _, _ in true }
  ) -> [HistorySeries] {
    var order: [Key] = []
    var cells: [Key: [HistoryBuild: Cell]] = [:]
    var builds: [HistoryBuild] = []
    var files: [String: String] = [:]
    for sweep in sweeps.sorted(by: { $0.record.startedAt < $1.record.startedAt }) {
      let build = HistoryBuild(sweep.record.build)
      if !builds.contains(build) { builds.append(build) }
      files[sweep.record.suite] = file(of: sweep.record)
      for (point, launches) in launches(of: sweep) {
        for (metric, values) in readings(of: launches) where wants(point, metric) {
          let key = Key(sweep: sweep.record, point: point, metric: metric)
          if cells[key] == nil { order.append(key) }
          cells[key, default: [:]][build, default: Cell(date: sweep.record.startedAt)]
            .launches += values
        }
      }
    }
    let places = revisions.map { revisions in
      Dictionary(zip(revisions, revisions.indices)) { first, _ in first }
    }
    let ordered =
      places.map { places in
        builds.compactMap { build in
          build.revision.flatMap { places[$0] }.map { (build, $0) }
        }.sorted { $0.1 < $1.1 }.map(\.0)
      } ?? builds
    return order.compactMap { key in
      let values = ordered.compactMap { build in
        cells[key]?[build]?.value(build: build)
      }
      return values.isEmpty ? nil : key.series(values, file: files[key.suite])
    }
  }

  /// The suite's file as the command line of a sweep names it; nil where none does.
  static func file(of sweep: SweepRecord) -> String? {
    sweep.command.split(separator: " ").map(String.init).first {
      $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
    }
  }

  private struct Key: Hashable {
    let suite: String
    let point: Point
    let metric: Metric
    let machine: MachineRecord
    let mode: String

    init(sweep: SweepRecord, point: Point, metric: Metric) {
      suite = sweep.suite
      self.point = point
      self.metric = metric
      machine = sweep.machine
      mode = sweep.build.facts["build.mode"]?.stringValue ?? ""
    }

    static func == (a: Key, b: Key) -> Bool { a.identity == b.identity }
    func hash(into hasher: inout Hasher) { hasher.combine(identity) }

    var identity: [String] {
      [
        suite, point.benchmark, point.variant ?? "", point.id, metric.id, "\(metric.version)",
        machine.id, mode,
      ]
    }

    func series(_ values: [HistorySeries.Value], file: String?) -> HistorySeries {
      HistorySeries(
        identity: identity.joined(separator: "\n"), suite: suite, suiteFile: file,
        name: point.label == point.benchmark
          ? point.benchmark : "\(point.benchmark): \(point.label)",
        point: point.name, metric: metric, machine: machine.name, basis: .absolute,
        values: values)
    }
  }

  private struct Cell {
    let date: String
    var launches: [[Double]] = []

    /// Nil when nothing above 0 was measured: there is no logarithm.
    func value(build: HistoryBuild) -> HistorySeries.Value? {
      guard let summary = Summary(ofLaunches: launches), summary.median > 0 else { return nil }
      let interval = summary.interval.flatMap { interval in
        interval.lowerBound > 0 ? log(interval.lowerBound)...log(interval.upperBound) : nil
      }
      return HistorySeries.Value(
        build: build, date: date, value: log(summary.median), interval: interval)
    }
  }

  /// For each point the runs of each of its launches, in the order begun.
  private static func launches(of sweep: ResultSet.Sweep) -> [(Point, [[ResultSet.Run]])] {
    var order: [Point] = []
    var runs: [Point: [ResultSet.Run]] = [:]
    for run in sweep.ownRuns {
      let point = run.record.point
      if runs[point] == nil { order.append(point) }
      runs[point, default: []].append(run)
    }
    return order.map { point in
      let launches = Dictionary(grouping: runs[point] ?? [], by: \.record.launch)
      return (point, launches.sorted { $0.key < $1.key }.map(\.value))
    }
  }

  /// For each metric the values of each launch that completed and has any.
  private static func readings(of launches: [[ResultSet.Run]]) -> [(Metric, [[Double]])] {
    var order: [Metric] = []
    var values: [Metric: [[Double]]] = [:]
    for launch in launches where launch.last?.record.status == .completed {
      var ofLaunch: [Metric: [Double]] = [:]
      // A run that failed and was tried again is not part of the launch that completed.
      let runs = launch.filter { [.completed, .interrupted].contains($0.record.status) }
      for sample in SampleSelection.counted(runs).joined() {
        for measurement in sample.measurements {
          guard let number = measurement.reading.number else { continue }
          if values[measurement.metric] == nil {
            order.append(measurement.metric)
            values[measurement.metric] = []
          }
          ofLaunch[measurement.metric, default: []].append(number)
        }
      }
      for (metric, numbers) in ofLaunch { values[metric]?.append(numbers) }
    }
    return order.map { ($0, values[$0] ?? []) }
  }
}

extension HistoryBuild {
  /// By its revision, or by itself when its sources were changed or are not known.
  package init(_ record: BuildRecord) {
    let revision = record.facts["git.revision"]?.stringValue
    let isClean = record.facts["git.dirty"]?.boolValue == false
    if let revision, isClean {
      self.init(id: revision, revision: revision)
    } else {
      let hint = revision.map { String($0.prefix(7)) + "+changes " } ?? ""
      self.init(id: hint + record.id, revision: nil)
    }
  }
}
