// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun

/// Gates one revision against another for a bisection.
struct BisectJob {
  /// Somebody asked to stop: the comparison in progress is not an answer.
  struct Stopped: Error {}

  let session: SweepSession
  let cache: BuildCache
  let repository: Repository
  /// All points that were chosen, with the suite's margins.
  let plan: Plan
  let direction: BisectDirection
  let seed: UInt64
  let command: String
  let interruption: any Interruption

  func test(_ request: RegressionSearch.Request) throws -> RegressionSearch.Answer {
    let began = Date()
    func answer(
      _ verdict: BisectTrial.Verdict, _ reason: String, program: String? = nil,
      members: [BisectTrial.Member] = []
    ) -> RegressionSearch.Answer {
      RegressionSearch.Answer(
        BisectTrial(
          stage: request.stage, reference: request.reference, revision: request.revision,
          verdict: verdict, members: members, reason: reason, program: program,
          seconds: Date().timeIntervalSince(began)))
    }
    let earlier: Build
    let later: Build
    do throws(BuildError) {
      earlier = try build(request.reference)
      later = try build(request.revision)
    } catch {
      BuildLine.clear()
      if interruption.requests > 0 { throw Stopped() }
      guard error.kind == .doesNotBuild, request.stage != .ends else { throw error }
      return answer(.notBuilt, error.lastLines.last ?? error.message)
    }
    BuildLine.clear()
    let program = later.note.checksum
    if program == earlier.note.checksum {
      return answer(
        .unchanged, "it is the same program as \(CommitNote.short(request.reference))",
        program: program)
    }
    if request.stage == .search,
      let same = request.earlier.last(where: {
        $0.program == program && $0.reference == request.reference
          && ($0.verdict == .changed || $0.verdict == .unchanged)
      })
    {
      return answer(
        same.verdict, "it is the same program as \(CommitNote.short(same.revision))",
        program: program, members: same.members)
    }
    let result = try gate(earlier, later, request)
    if interruption.requests > 0 { throw Stopped() }
    let trial = BisectTrial(
      result, stage: request.stage, reference: request.reference, revision: request.revision,
      direction: direction, followed: request.followed, program: program,
      seconds: Date().timeIntervalSince(began))
    return RegressionSearch.Answer(
      trial, chosen: request.stage == .ends ? BisectMember.chosen(from: result) : [])
  }

  private func build(_ commit: String) throws(BuildError) -> Build {
    // The label is what people read while it is built.
    try cache.build(.revision(repository.revision(CommitNote.short(commit))))
  }

  private func gate(
    _ earlier: Build, _ later: Build, _ request: RegressionSearch.Request
  ) throws -> GateResult {
    var plan = request.followed.map { self.plan.following($0) } ?? self.plan
    // What decided nothing gets twice the pairs and the time.
    plan.gate.policy.pairsMax *= request.attempt
    plan.gate.policy.secondsMax *= Double(request.attempt)
    let seed = self.seed &+ UInt64(request.earlier.count)
    let noise = CalibrationStore.noise(of: plan.suite, machine: session.machine)
    let layout = GateLayout(plan, seed: seed, statistic: { noise[$0.id]?.statistic })
    let progress = GateProgress(budget: plan.gate.policy.secondsMax)
    let isSlower = direction == .slower
    var job = GateJob(
      session: session, cache: cache, base: isSlower ? earlier : later,
      candidate: isSlower ? later : earlier, interruption: interruption, observer: progress)
    job.explainsFailures = request.isLast
    let result = try job.run(plan, layout, seed: seed, command: command)
    progress.end()
    return result
  }
}

extension Plan {
  /// The points of some members alone, judged by the members' margins.
  ///
  /// So few points make no group, unless it is a group that is followed.
  func following(_ members: [BisectMember]) -> Plan {
    var plan = self
    plan.gate.groupBy = []
    plan.points = points.compactMap { planned in
      let own = members.filter { $0.points.contains(planned.point.id) }
      guard !own.isEmpty else { return nil }
      var planned = planned
      planned.gate.tail = nil
      planned.gate.metrics = [:]
      planned.gate.exact = [:]
      planned.gate.comparesCounts = false
      // Builds are compared, not configurations.
      planned.against = nil
      for member in own {
        switch member.role {
        case .tail: planned.gate.tail = member.margins
        case .metric:
          if let metric = member.metric { planned.gate.metrics[metric] = .own(member.margins) }
        case .group: plan.gate.groups = member.margins
        case .point, .sentinel, .control: planned.gate.margins = member.margins
        }
      }
      return planned
    }
    return plan
  }
}
