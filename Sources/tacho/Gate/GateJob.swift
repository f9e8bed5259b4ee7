// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoBuilds
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import TachoStore
import TachoWorkloads

/// Two builds compared over a plan: measured, decided, confirmed, explained and kept.
struct GateJob {
  /// Layout in which failures are confirmed.
  static let confirmingLayout: UInt64 = 7
  /// Functions whose instructions are kept one by one, so that two builds' lists have the same ones.
  static let functionsKept = 400

  let session: SweepSession
  let cache: BuildCache
  let base: Build
  let candidate: Build
  let interruption: any Interruption
  let observer: GateProgress
  /// Failures are taken as they come: neither confirmed nor explained.
  var detectOnly = false
  /// Every pair there may be is measured, also of what is decided.
  var takesAll = false
  /// Whether failures are measured once more to say why: a bisection needs that of its last job only.
  var explainsFailures = true
  /// The tag of the base where it is the last release.
  var release: String?

  /// Measures; the result is on record when this returns.
  func run(
    _ plan: Plan, _ layout: GateLayout, seed: UInt64, command: String
  ) throws -> GateResult {
    let startedAt = Timestamp.now()
    let deadline = MonotonicClock().seconds() + plan.gate.policy.secondsMax
    let sweep = SweepRecord(
      id: Runner.randomID(), suite: Self.suiteName(plan.suite), planHash: plan.hash,
      suiteText: plan.suiteText, command: command, startedAt: startedAt,
      machine: session.machine, build: session.build)
    let lock = try SweepLock(sweepID: sweep.id)
    defer { withExtendedLifetime(lock) {} }
    var record = GateRecord(
      sweepID: sweep.id, base: describe(base), candidate: describe(candidate),
      policy: plan.gate.policy, seed: seed, series: layout.lines.map(\.series),
      members: layout.members, expected: layout.expected, acceptances: layout.acceptances,
      release: release)
    try session.store.begin(sweep)
    try session.store.begin(record)
    let copy = try cache.copy(of: base)
    // While it lives the cache keeps its program.
    defer { withExtendedLifetime(copy) {} }
    let runner = GateRunner(
      record: record, sweep: sweep, arms: arms(layout, base, candidate, copy: copy),
      differing: layout.differing, takesAll: takesAll, sink: session.store,
      interruption: interruption, observer: observer,
      pause: { Thread.sleep(forTimeInterval: $0) })
    let (decided, evidence) = try runner.perform()
    var result = GateResult(
      record: record, decisions: decided, differences: evidence.differences,
      startedAt: startedAt, finishedAt: startedAt)
    if !evidence.interrupted, !detectOnly {
      try confirm(&result, layout, runner, &record)
      if explainsFailures {
        try explain(&result, layout, sweep, evidence, deadline: deadline)
      }
    }
    result.record = record
    result.invalid = invalid(result, evidence)
    result.finishedAt = Timestamp.now()
    try session.store.finish(result)
    return result
  }

  static func suiteName(_ suite: String) -> String { "gate-" + suite }

  private func describe(_ build: Build) -> GateBuild {
    GateBuild(
      reference: build.note.label, revision: build.note.commit, buildID: record(of: build).id,
      digest: build.note.checksum)
  }

  func record(of build: Build) -> BuildRecord { BuildRecord(build) }

  func arm(_ build: Build, _ planned: PlannedPoint) -> PairSession.Arm {
    PairSession.Arm(
      planned: planned,
      workers: SweepSession.workers(interruption, executable: build.path),
      build: record(of: build))
  }

  func instrument(_ build: Build) -> any PointInstrument {
    SweepSession.instrument(
      program: build.path, digest: build.note.checksum, interruption: interruption,
      functions: Self.functionsKept)
  }

  private func arms(
    _ layout: GateLayout, _ base: Build, _ candidate: Build, copy: Build
  ) -> [String: GateArms] {
    var result: [String: GateArms] = [:]
    for line in layout.lines {
      let other: Build
      switch line.series.role {
      case .sentinel: other = copy
      case .control: other = base
      default: other = candidate
      }
      result[line.series.id] = GateArms(
        base: arm(base, line.planned), candidate: arm(other, line.candidate ?? line.planned),
        instruments: [.base: instrument(base), .candidate: instrument(other)])
    }
    return result
  }

  /// Measures what failed once more, in builds of the same content with another layout.
  private func confirm(
    _ result: inout GateResult, _ layout: GateLayout, _ runner: GateRunner,
    _ record: inout GateRecord
  ) throws {
    let failed = result.judged.filter { $0.decision.verdict == .fail }.map(\.member)
    guard !failed.isEmpty else { return }
    let pair: (Build, Build)
    let remark: String
    do {
      pair = (
        try cache.relink(base, seed: Self.confirmingLayout),
        try cache.relink(candidate, seed: Self.confirmingLayout)
      )
      remark = "both linked in another order (layout \(Self.confirmingLayout))"
    } catch {
      // Programs without sources have one layout: their failures are repeated in it.
      pair = (try cache.copy(of: base, number: 2), try cache.copy(of: candidate, number: 2))
      remark = "copies of both, since another layout is unavailable: \(error.message)"
    }
    defer { withExtendedLifetime(pair) {} }
    for member in failed {
      // A group is confirmed by the series of it that moved most.
      guard
        let line = layout.lines.first(where: { line in
          line.series.id == (member.role == .group ? worst(of: member, result) : member.series[0])
        })
      else { continue }
      let id = "confirm/\(member.id)"
      record.series.append(
        GateSeries(
          id: id, name: "again: " + member.name, role: member.role,
          pointID: line.planned.point.id, remark: remark, confirms: member.id))
      let decision = try runner.confirm(
        member, seriesID: id,
        arms: GateArms(
          base: arm(pair.0, line.planned), candidate: arm(pair.1, line.candidate ?? line.planned)))
      result.confirmations.append(decision)
      if decision.verdict != .fail,
        let index = result.decisions.firstIndex(where: { $0.memberID == member.id })
      {
        // Cut short it shows nothing: what failed must not turn green for want of time.
        result.decisions[index].verdict = decision.verdict
        result.decisions[index].reason +=
          decision.verdict == .layout
          ? ", but not again in \(decision.pairs) launch pairs of \(remark)"
          : "; confirming it ended after \(decision.pairs) launch pairs of \(remark), too few to say"
      }
    }
  }

  private func worst(of group: GateMember, _ result: GateResult) -> String? {
    group.series.max {
      (result.decision(of: $0)?.shift ?? 0) < (result.decision(of: $1)?.shift ?? 0)
    }
  }

  /// What went wrong with the job itself.
  private func invalid(_ result: GateResult, _ evidence: GateRunner.Evidence) -> [String] {
    var reasons: [String] = []
    for member in result.record.members {
      guard let decision = result.decision(of: member.id) else {
        reasons.append("\(member.name) was not judged")
        continue
      }
      switch (member.role, decision.verdict) {
      case (.sentinel, .fail):
        reasons.append(
          "\(member.name): two copies of one program were told apart, so this machine's noise "
            + "makes false alarms now")
      case (.control, .fail): break
      case (.control, _):
        reasons.append(
          "\(member.name): \(Int(GateLayout.controlDelay * 100))% put in on purpose was not "
            + "found (\(decision.reason)), so the job is blind; give it more time or a quieter "
            + "machine")
      case (.point, .unmeasured), (.tail, .unmeasured):
        reasons.append("\(member.name) was not judged: \(decision.reason)")
      default: break
      }
    }
    let judged = result.record.members.count {
      $0.role == .point && (result.decision(of: $0.id)?.verdict ?? .skipped) != .skipped
    }
    if judged == 0 { reasons.append("no point of the suite was judged") }
    if evidence.interrupted { reasons.append("the job was interrupted") }
    return reasons
  }
}
