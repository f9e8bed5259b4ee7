// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// A sweep measured now beside one on record of the same machine: a report, never a verdict.
package struct StoredComparison: Sendable {
  /// One metric of one point.
  package struct Figure: Sendable {
    package let metric: Metric
    package let shift: Result<StoredShift, LaunchReproduction.Unable>

    /// Whether the metric moved to its worse side; nil without a ratio, a change or a better side.
    package var isWorse: Bool? {
      guard case .success(let shift) = shift, shift.ratio != 1 else { return nil }
      switch metric.better {
      case .lower: return shift.ratio > 1
      case .higher: return shift.ratio < 1
      case .neither: return nil
      }
    }
  }

  /// One point that both sweeps have.
  package struct Row: Sendable {
    package let point: Point
    package let figures: [Figure]
    package let output: OutputComparison
    /// Launches of now that did not complete, in words; they count in no figure.
    package let failures: [String]
  }

  package let then: SweepRecord
  package let now: SweepRecord
  /// In the order of the suite.
  package let rows: [Row]
  /// Names of points on record that the suite has no more, and of the suite's that are not on record.
  package let storedOnly: [String]
  package let suiteOnly: [String]
  /// What of the machine's state and of the workers was otherwise, the largest likely effect first; the
  /// machine's facts are the same, and that the program is another is what was asked about.
  package let differences: [EnvironmentDifference]

  /// `points` are those of the suite that may be measured, in its order; `metrics` are those to compare of
  /// a point's benchmark.
  package init(
    then: ResultSet.Sweep, now: ResultSet.Sweep, points: [Point], metrics: (Point) -> [Metric]
  ) {
    self.then = then.record
    self.now = now.record
    let (old, new) = (Self.launches(of: then), Self.launches(of: now))
    rows = points.compactMap { point in
      guard let before = old[PointKey(point)] else { return nil }
      return Self.row(point, before, new[PointKey(point)] ?? [], metrics(point))
    }
    let known = Set(points.map(PointKey.init))
    var seen: Set<PointKey> = []
    storedOnly = then.ownRuns.map(\.record.point).filter {
      !known.contains(PointKey($0)) && seen.insert(PointKey($0)).inserted
    }.map(\.name)
    suiteOnly = points.filter { old[PointKey($0)] == nil }.map(\.name)
    differences = Self.differences(then, now)
  }

  /// What makes points of two sweeps the same.
  package struct PointKey: Hashable, Sendable {
    let benchmark: String
    let kind: String
    let variant: String?
    let id: String

    package init(_ point: Point) {
      benchmark = point.benchmark
      kind = point.kind
      variant = point.variant
      id = point.id
    }
  }

  /// The launches of each point that have samples which count, or that did not complete: each with its
  /// runs, several where it was broken off and continued.
  package static func launches(of sweep: ResultSet.Sweep) -> [PointKey: [[ResultSet.Run]]] {
    Dictionary(grouping: sweep.ownRuns) { PointKey($0.record.point) }.mapValues { runs in
      Dictionary(grouping: runs, by: \.record.launch).sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private static func row(
    _ point: Point, _ before: [[ResultSet.Run]], _ after: [[ResultSet.Run]], _ metrics: [Metric]
  ) -> Row {
    let old = before.filter { $0.last?.record.status == .completed }
    let new = after.filter { $0.last?.record.status == .completed }
    var failures = after.compactMap(\.last?.record).filter { $0.status != .completed }.map {
      "launch \($0.launch): \($0.status.rawValue)" + ($0.reason.map { ", \($0)" } ?? "")
    }
    if after.isEmpty { failures.append("not measured") }
    return Row(
      point: point, figures: metrics.map { figure($0, old, new) },
      output: OutputComparison(
        before: old.map(OutputComparison.fingerprints),
        after: new.map(OutputComparison.fingerprints)), failures: failures)
  }

  private static func figure(
    _ metric: Metric, _ before: [[ResultSet.Run]], _ after: [[ResultSet.Run]]
  ) -> Figure {
    let other = after.lazy.flatMap { $0 }.flatMap(\.samples).flatMap(\.measurements)
      .map(\.metric).first { $0.id == metric.id && $0.version != metric.version }
    if let other {
      let reason = "version \(metric.version) of its definition then, \(other.version) now"
      return Figure(metric: metric, shift: .failure(.init(reason: reason)))
    }
    func values(_ launches: [[ResultSet.Run]]) -> [[Double]] {
      launches.map { SampleSelection.values(of: metric.id, in: $0) }
    }
    return Figure(
      metric: metric,
      shift: Result { () throws(LaunchReproduction.Unable) in
        try StoredShift(then: values(before), now: values(after))
      })
  }

  private static func differences(
    _ then: ResultSet.Sweep, _ now: ResultSet.Sweep
  ) -> [EnvironmentDifference] {
    guard let old = then.ownRuns.first?.record, let new = now.ownRuns.first?.record else {
      return []
    }
    return EnvironmentDifference.all(
      from: EnvironmentFacts(then, run: old), to: EnvironmentFacts(now, run: new)
    ).filter { $0.area == .conditions }
  }

  /// Figures with an interval, and how many of those do not hold 1.
  package var intervals: (count: Int, apart: Int) {
    let all = rows.flatMap(\.figures).compactMap { try? $0.shift.get().interval }
    return (all.count, all.count { !$0.contains(1) })
  }

  /// Days from the one to the other; nil where a time cannot be read.
  package var days: Double? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let start = try? style.parse(then.startedAt), let end = try? style.parse(now.startedAt)
    else { return nil }
    return end.timeIntervalSince(start) / 86_400
  }
}
