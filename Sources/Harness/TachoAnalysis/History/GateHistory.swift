// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Measurements of a history from jobs of the gate: each member's shift is the ratio of two builds measured in
/// one job.
package struct GateHistory: Sendable {
  /// A job with the sweep that holds its launch pairs.
  package struct Job: Sendable {
    package let result: GateResult
    package let sweep: SweepRecord

    package init(result: GateResult, sweep: SweepRecord) {
      self.result = result
      self.sweep = sweep
    }
  }

  /// The time of a point, reduced to what its gate judges by.
  package static let time = Metric(
    id: "gate/time", unit: .seconds, better: .lower,
    definition: "A launch's time per call, by the statistic that the gate judged the point by.")
  /// The slow end of a point's samples.
  package static let tail = Metric(
    id: "gate/time/p95", unit: .seconds, better: .lower,
    definition: "The 95th percentile of a launch's times per call.")

  /// What another metric comes to: more is worse whatever the metric, as in the gate.
  static func quantity(_ metric: GateMetric) -> Metric {
    Metric(
      id: "gate/" + metric.id, unit: metric.unit, better: .lower,
      definition: "A launch's \(metric.id), or one over it where more of it is better.")
  }

  /// In the order of the jobs' starts.
  package let measurements: [HistoryMeasurement]
  /// Jobs left out because they proved nothing.
  package let invalid: Int
  /// What values count from, where one was asked for.
  private let root: HistoryBuild?

  /// A job that is in several stores counts once.
  ///
  /// Invalid jobs are left out: what they could not tell from
  /// noise is no history either.
  package init(_ jobs: [Job]) {
    var seen: Set<String> = []
    let own = jobs.filter { seen.insert($0.sweep.id).inserted }
      .sorted { $0.sweep.startedAt < $1.sweep.startedAt }
    let valid = own.filter { $0.result.invalid.isEmpty }
    invalid = own.count - valid.count
    measurements = valid.flatMap(Self.measurements)
    root = nil
  }

  private init(measurements: [HistoryMeasurement], invalid: Int, root: HistoryBuild?) {
    self.measurements = measurements
    self.invalid = invalid
    self.root = root
  }

  /// Those against one reference, by the beginning of its revision, and the jobs that tie other references
  /// to it.
  package func against(_ revision: String) -> GateHistory {
    guard let root = measurements.first(where: { Self.names(revision, $0.reference) })?.reference
    else { return kept { _ in false } }
    let references = Set(measurements.map(\.reference))
    var tied: Set = [root]
    while true {
      let more = measurements.flatMap { one -> [HistoryBuild] in
        // A tie may have been measured either way round.
        if tied.contains(one.reference), references.contains(one.build) { return [one.build] }
        return tied.contains(one.build) ? [one.reference] : []
      }
      if tied.isSuperset(of: more) { break }
      tied.formUnion(more)
    }
    return GateHistory(
      measurements: measurements.filter { tied.contains($0.reference) }, invalid: invalid,
      root: root)
  }

  /// Those against pinned references: builds that at least two others were compared with.
  package var pinned: GateHistory {
    var builds: [HistoryBuild: Set<HistoryBuild>] = [:]
    for one in measurements where one.build != one.reference {
      builds[one.reference, default: []].insert(one.build)
    }
    return kept { (builds[$0.reference]?.count ?? 0) > 1 }
  }

  package func kept(where isWanted: (HistoryMeasurement) -> Bool) -> GateHistory {
    GateHistory(measurements: measurements.filter(isWanted), invalid: invalid, root: root)
  }

  /// The series, builds in the order of `revisions` (oldest first).
  ///
  /// Builds that are not among them are left out when `isComplete`; else each follows the last build before it,
  /// by the day of measurement, that is.
  package func series(revisions: [String]?, isComplete: Bool) -> [HistorySeries] {
    guard let revisions else { return ReferenceChain.series(of: measurements, root: root) }
    let places = Dictionary(zip(revisions, revisions.indices)) { first, _ in first }
    var last = -1
    var placed: [(place: Int, one: HistoryMeasurement)] = []
    for one in measurements {
      if let place = one.build.revision.flatMap({ places[$0] }) {
        last = max(last, place)
        placed.append((place, one))
      } else if !isComplete {
        placed.append((last, one))
      }
    }
    let ordered = placed.enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }
    return ReferenceChain.series(of: ordered.map(\.element.one), root: root)
  }

  /// Whether a word of the command line names a build.
  private static func names(_ word: String, _ build: HistoryBuild) -> Bool {
    !word.isEmpty && (build.id.hasPrefix(word) || build.revision?.hasPrefix(word) == true)
  }

  private static func measurements(of job: Job) -> [HistoryMeasurement] {
    let record = job.result.record
    let prefix = "gate-"
    let suite = job.sweep.suite
    return job.result.judged.compactMap { member, decision in
      guard let shift = decision.shift, let metric = metric(of: member),
        let series = record.series.first(where: { $0.id == member.series.first })
      else { return nil }
      var interval: ClosedRange<Double>?
      if let low = decision.low, let high = decision.high, low <= high { interval = low...high }
      return HistoryMeasurement(
        subject: HistoryMeasurement.Subject(
          suite: suite.hasPrefix(prefix) ? String(suite.dropFirst(prefix.count)) : suite,
          point: series.pointID, name: series.name, metric: metric,
          machine: job.sweep.machine.id, machineName: job.sweep.machine.name),
        build: HistoryBuild(record.candidate), reference: HistoryBuild(record.base),
        date: job.sweep.startedAt, shift: shift, interval: interval,
        suiteFile: AbsoluteHistory.file(of: job.sweep))
    }
  }

  /// Groups are made of points that have series of their own.
  private static func metric(of member: GateMember) -> Metric? {
    switch member.role {
    case .point: time
    case .tail: tail
    case .metric: member.metric.map(quantity)
    case .group, .sentinel, .control: nil
    }
  }
}

extension HistoryBuild {
  /// By its commit; one of changed sources, or a program, by itself.
  package init(_ build: GateBuild) {
    if let revision = build.revision {
      self.init(id: revision, revision: revision)
    } else {
      self.init(id: "\(build.reference) \(build.digest.prefix(7))", revision: nil)
    }
  }
}
