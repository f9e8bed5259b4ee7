// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Whether a number on record comes out again here: launches of then and launches of now of one point,
/// metric by metric, with their output and everything that was otherwise.
package struct Reproduction: Sendable {
  /// Where the launches of now ran, as seen from those of then.
  package enum Place: String, Sendable, Hashable {
    case sameMachine = "same machine"
    /// The hardware is the same, something about it or its system is not.
    case sameHardware = "same hardware, other settings"
    case anotherMachine = "another machine"
  }

  /// One metric that both sides have.
  package struct Figure: Sendable {
    package let metric: Metric
    package let comparison: Result<LaunchReproduction, LaunchReproduction.Unable>

    package var verdict: LaunchReproduction.Verdict {
      switch comparison {
      case .success(let comparison): comparison.verdict
      case .failure: .cannotTell
      }
    }
  }

  package let figures: [Figure]
  package let output: OutputComparison
  package let place: Place
  /// The largest likely effect first.
  package let differences: [EnvironmentDifference]
  /// Launches of now that did not complete, in words; they count in no figure.
  package let failures: [String]

  /// Samples after the warm-up that the sentinel flagged, of all, then and now.
  package let disturbed: (before: Share, after: Share)

  package struct Share: Sendable, Hashable {
    package let count: Int
    package let all: Int

    init(_ launches: [[ResultSet.Run]]) {
      let samples = launches.flatMap { $0 }.flatMap(\.samples).filter(\.isCounted)
      count = samples.count { $0.flag != nil }
      all = samples.count
    }
  }

  /// The chance that the interval of any of a point's metrics misses what it is to hold.
  static let level = 0.05

  /// `before` are the launches of then: runs of one point of one sweep; `after` those of now.
  package init(
    before: (sweep: ResultSet.Sweep, launches: [[ResultSet.Run]]),
    after: (sweep: ResultSet.Sweep, launches: [[ResultSet.Run]]), metrics: [Metric],
    tolerance: Double
  ) {
    let completed = after.launches.filter { $0.last?.record.status == .completed }
    failures = after.launches.compactMap(\.last?.record).filter { $0.status != .completed }.map {
      "launch \($0.launch): \($0.status.rawValue)" + ($0.reason.map { ", \($0)" } ?? "")
    }
    // Each of several metrics has its share of the chance to be wrong (Bonferroni).
    let level = Self.level / Double(max(1, metrics.count))
    figures = metrics.map { metric in
      Figure(
        metric: metric,
        comparison: Self.compare(metric, before.launches, completed, tolerance, level))
    }
    output = OutputComparison(
      before: before.launches.map(OutputComparison.fingerprints),
      after: completed.map(OutputComparison.fingerprints))
    disturbed = (Share(before.launches), Share(completed))
    let (then, now) = (before.sweep.record.machine, after.sweep.record.machine)
    place =
      then.id == now.id
      ? .sameMachine
      : CalibrationChoice.hardware(then) == CalibrationChoice.hardware(now)
        ? .sameHardware : .anotherMachine
    let old = before.launches.first?.last?.record
    let new = (completed.first ?? after.launches.first)?.last?.record
    differences =
      old.flatMap { old in
        new.map { new in
          EnvironmentDifference.all(
            from: EnvironmentFacts(before.sweep, run: old),
            to: EnvironmentFacts(after.sweep, run: new))
        }
      } ?? []
  }

  private static func compare(
    _ metric: Metric, _ before: [[ResultSet.Run]], _ after: [[ResultSet.Run]],
    _ tolerance: Double, _ level: Double
  ) -> Result<LaunchReproduction, LaunchReproduction.Unable> {
    for launch in after {
      for sample in launch.flatMap(\.samples) {
        if let now = sample.measurements.first(where: { $0.metric.id == metric.id })?.metric,
          now.version != metric.version
        {
          return .failure(
            .init(
              reason: "version \(metric.version) of its definition then, \(now.version) now"))
        }
      }
    }
    func values(_ launches: [[ResultSet.Run]]) -> [[Double]] {
      launches.map { SampleSelection.values(of: metric.id, in: $0) }
    }
    return Result { () throws(LaunchReproduction.Unable) in
      try LaunchReproduction(
        before: values(before), after: values(after), tolerance: tolerance, level: level)
    }
  }

  /// Of the whole row.
  ///
  /// Another output is another result, however fast.
  package var verdict: LaunchReproduction.Verdict {
    if case .different = output { return .differs }
    let verdicts = figures.map(\.verdict)
    if verdicts.contains(.differs) { return .differs }
    return verdicts.isEmpty || verdicts.contains(.cannotTell) ? .cannotTell : .reproduced
  }
}
