// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoAnalysis
import TachoPlan
import TachoRecord
import TachoReport
import TachoStore

/// A row of results as a person names it: one launch by its run's id (or the beginning of it), or all
/// launches of a point by `BENCHMARK LABEL`, in the latest sweep that is no rerun.
struct StoredRow {
  let sweep: ResultSet.Sweep
  /// The runs of each launch, in the order begun: several where one was broken off and continued.
  let launches: [[ResultSet.Run]]

  private static let candidatesShown = 12

  init(_ name: String, in store: ResultStore) throws {
    guard !name.isEmpty else { throw ValidationError("an empty text names no run") }
    let byID = try store.runs(idPrefix: name)
    let latest = try Self.latestSweep(of: store).map { try store.results(of: $0.id, launches: 0) }
    let byName = (latest?.runs ?? []).filter { run in
      let point = run.record.point
      return name == point.name || name == "\(point.benchmark) \(point.label)"
    }
    let points = Set(byName.map { Self.key($0.record) })
    let exact = byID.filter { $0.id == name }
    switch (exact.isEmpty ? byID.count : exact.count, points.count) {
    case (1, 0):
      let run = (exact.first ?? byID[0])
      sweep = try store.results(of: run.sweepID, launches: 0)
      launches = Self.launches(of: sweep, containing: run.id)
    case (0, 1):
      guard let latest else { fallthrough }
      sweep = latest
      launches = Self.launches(byName)
    case (0, 0):
      throw Self.unknown(name, store, latest)
    default:
      throw Self.ambiguous(name, byID, byName.map(\.record))
    }
    guard launches.contains(where: { $0.contains { $0.samples.contains(where: \.isCounted) } })
    else {
      let last = launches.last?.last?.record
      throw ValidationError(
        "'\(name)' has no samples that count (\(last?.status.rawValue ?? "no run")"
          + "\(last?.reason.map { ": \($0)" } ?? "")): there is no number to reproduce")
    }
  }

  /// The run that its configuration and policy are taken from: the latest.
  var record: RunRecord {
    launches.last?.last?.record ?? sweep.runs[0].record
  }

  private static func latestSweep(of store: ResultStore) throws -> SweepRecord? {
    let reruns = try store.reruns()
    return try store.sweeps().filter { reruns[$0.id] == nil }.last
  }

  /// What makes runs those of one row: benchmark and point.
  private static func key(_ run: RunRecord) -> [String] {
    [run.point.benchmark, run.point.kind, run.point.variant ?? "", run.point.id]
  }

  private static func launches(_ runs: [ResultSet.Run]) -> [[ResultSet.Run]] {
    Dictionary(grouping: runs, by: \.record.launch).sorted { $0.key < $1.key }.map(\.value)
  }

  /// The one launch that a run is part of.
  private static func launches(
    of sweep: ResultSet.Sweep, containing id: String
  ) -> [[ResultSet.Run]] {
    guard let named = sweep.runs.first(where: { $0.record.id == id })?.record else { return [] }
    return launches(
      sweep.runs.filter { key($0.record) == key(named) && $0.record.launch == named.launch })
  }

  private static func unknown(
    _ name: String, _ store: ResultStore, _ latest: ResultSet.Sweep?
  ) -> ValidationError {
    guard let latest else {
      return ValidationError("\(store.path) holds no sweep, so no run '\(name)'")
    }
    var names: [String] = []
    for run in latest.runs where !names.contains(run.record.point.name) {
      names.append(run.record.point.name)
    }
    return ValidationError(
      "no run in \(store.path) has an id that begins with '\(name)', and no point of the latest sweep "
        + "(\(latest.record.suite), \(latest.record.id)) has that name; it has:\n"
        + listed(names.map { "  '\($0)'" }))
  }

  private static func ambiguous(
    _ name: String, _ byID: [ResultStore.KnownRun], _ byName: [RunRecord]
  ) -> ValidationError {
    let ids = byID.map { run in
      "  \(run.id)  \(run.benchmark) \(run.label), launch \(run.launch), sweep \(run.sweepID), "
        + run.startedAt
    }
    let named = byName.map { run in
      "  \(run.id)  \(run.point.name), launch \(run.launch), \(run.startedAt)"
    }
    return ValidationError(
      "'\(name)' may be any of these; give the id of one:\n" + listed(ids + named))
  }

  private static func listed(_ lines: [String]) -> String {
    let more = lines.count - candidatesShown
    return lines.prefix(candidatesShown).joined(separator: "\n")
      + (more > 0 ? "\n  and \(more) more" : "")
  }
}

extension StoredRow {
  /// The row alone as a plan: its configuration and policy, in so many fresh processes.
  func plan(launches count: Int) -> Plan {
    let record = record
    return Plan(
      suite: sweep.record.suite, suiteText: sweep.record.suiteText,
      points: [PlannedPoint(point: record.point, policy: policy, launches: count)])
  }

  /// As it was measured; where that is not on record, as many samples as there are.
  private var policy: MeasurementPolicy {
    if let policy = record.policy { return policy }
    let samples = launches.last?.flatMap(\.samples).filter(\.isTimed) ?? []
    let warmup = samples.count { $0.warmup }
    return .fixed(max(1, samples.count - warmup), warmup: warmup)
  }

  /// The metrics that tables show first of such a point, as far as it has values of them.
  var headline: [Metric] {
    var own = sweep
    own.runs = launches.flatMap { $0 }
    let points = PointResult.all(in: own)
    let benchmark = BenchmarkResults(
      suite: own.record.suite, name: record.point.benchmark, kind: record.point.kind,
      points: points)
    return benchmark.headline.filter { metric in
      points.contains { $0.readings(of: metric.id)?.median != nil }
    }
  }
}
