// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoWorkloads

/// `tacho gate --against-stored`: the candidate alone is measured, and set beside a sweep on record of the
/// same machine.
///
/// It reports and never fails: what was measured at another time is no ground for a verdict.
struct StoredGate {
  /// Fresh processes of each point where nothing is said: with four on either side the interval is exact.
  static let usualLaunches = 5

  let suite: String
  let candidate: String
  let storePath: String
  let launches: Int
  let seed: UInt64
  /// `NAME=PATH`, as for a job with a base.
  let formats: [String]

  func run(_ plan: Plan, against argument: String) throws {
    let outputs = try formats.map(Output.init)
    let baseline = try StoredBaseline(argument: argument, suite: plan.suite)
    let machine = MachineProbe().record()
    if let mismatch = MachineMismatch(baseline.sweep.record.machine, machine) {
      throw ValidationError("\(mismatch)")
    }
    let points = plan.points.filter { $0.skip == nil }
    let measured = try self.plan(plan, points, baseline)
    let session = try SweepSession(storePath: storePath, machine: machine)
    let cache = try BuildCache(
      directory: SyntheticModelCache.directory + "/builds", progress: BuildLine.show)
    let build = try cache.build(BuildReference(argument: candidate))
    BuildLine.clear()
    try session.prepareModels(measured)
    StoreOptions.note(
      "\(build.note.label) against sweep \(baseline.sweep.record.id) of \(baseline.path): "
        + "\(measured.points.count) points in \(launches) processes each, seed \(seed)")
    let (sweep, outcome) = try session.measure(
      measured, of: build, seed: seed, command: CommandLine.arguments.joined(separator: " "))
    if outcome.interrupted {
      StoreOptions.note(
        "interrupted; what was measured is sweep \(sweep.record.id) in \(storePath)")
      throw ExitCode(130)
    }
    let metrics = StoredRows.headline(of: baseline.sweep)
    let found = StoredComparison(
      then: baseline.sweep, now: sweep, points: points.map(\.point),
      metrics: { metrics[$0.benchmark] ?? [] })
    try SweepSelection.write(StoredTable.render(found), to: nil)
    for output in outputs { try SweepSelection.write(output.form.render(found), to: output.path) }
    StoreOptions.note("kept as sweep \(sweep.record.id) in \(storePath)")
  }

  /// The points that are on record too, measured as they were then.
  private func plan(
    _ plan: Plan, _ points: [PlannedPoint], _ baseline: StoredBaseline
  ) throws -> Plan {
    let stored = StoredComparison.launches(of: baseline.sweep)
    let common = points.compactMap { planned -> PlannedPoint? in
      guard let launches = stored[.init(planned.point)] else { return nil }
      var planned = planned
      planned.policy = launches.last?.last?.record.policy ?? planned.policy
      planned.launches = self.launches
      return planned
    }
    guard !common.isEmpty else {
      let then = Set(baseline.sweep.runs.map(\.record.point.name)).sorted()
      throw ValidationError(
        "no point of \(suite) is in sweep \(baseline.sweep.record.id) of \(baseline.path) with the same "
          + "settings: there is nothing to compare\n  the suite has: "
          + Self.few(points.map(\.point.name)) + "\n  on record are: " + Self.few(then))
    }
    // A name of its own: the candidate's figures must not stand for the suite in reports.
    return Plan(
      suite: "against-stored-" + plan.suite, suiteText: plan.suiteText, points: common,
      gate: plan.gate)
  }

  private static let fewNames = 8

  private static func few(_ names: [String]) -> String {
    let shown = names.prefix(fewNames).joined(separator: "; ")
    return shown.isEmpty
      ? "none" : shown + (names.count > fewNames ? " and \(names.count - fewNames) more" : "")
  }

  /// A format and where it goes.
  private struct Output {
    enum Form: String, CaseIterable {
      case terminal, md, json

      func render(_ found: StoredComparison) throws -> String {
        switch self {
        case .terminal: StoredTable.render(found)
        case .md: StoredMarkdown.render(found)
        case .json: try StoredJSON.render(found)
        }
      }
    }

    let form: Form
    let path: String

    init(_ argument: String) throws {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let form = Form(rawValue: parts[0]) else {
        throw ValidationError(
          "--format \(argument): write NAME=PATH; with --against-stored the names are "
            + Form.allCases.map(\.rawValue).joined(separator: ", ")
            + ", for the others tell of verdicts")
      }
      self.form = form
      path = parts[1]
    }
  }
}
