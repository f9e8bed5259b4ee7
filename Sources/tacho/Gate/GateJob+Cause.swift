// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoBuilds
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun

extension GateJob {
  /// Launch pairs measured for the cause of a failure, and samples of each side in them.
  static let causePairs = 3
  static let causeRounds = 6

  /// What is on record of one side: both ran on one machine at one time.
  private func facts(
    _ side: PairSide, _ build: Build, _ sink: CauseSink
  ) -> EnvironmentFacts {
    EnvironmentFacts([.build: record(of: build).facts, .run: sink.facts[side] ?? [:]])
  }

  /// A side with its launches recorded and its events counted.
  private static func explaining(_ planned: PlannedPoint) -> PlannedPoint {
    var planned = planned
    planned.policy.samplesMin = causeRounds
    planned.policy.samplesMax = causeRounds
    planned.policy.recordLaunches = .all
    planned.policy.collect = ["counters"]
    planned.policy.events = ["instructions", "cycles", "task-clock"]
    return planned
  }

  /// Measures what failed once more with launches recorded and events counted, and says where the time went.
  func explain(_ result: inout GateResult, _ layout: GateLayout, _ sweep: SweepRecord) throws {
    for (member, decision) in result.judged where decision.verdict == .fail {
      guard let line = layout.lines.first(where: { $0.series.id == member.series.first }) else {
        continue
      }
      observer.note("looking for the cause of \(member.name)")
      let first = Self.explaining(line.planned)
      let second = Self.explaining(line.candidate ?? line.planned)
      let sink = CauseSink(session.store)
      let runner = PairRunner(sweep: sweep, sink: sink, interruption: interruption)
      for index in 0..<Self.causePairs where interruption.requests == 0 {
        let pair = PairSession(
          runner: runner, base: arm(base, first), candidate: arm(candidate, second),
          place: .init(
            index: index, order: 1_000_000 + index, planIndex: 0, seed: result.record.seed,
            series: "cause/\(member.id)"))
        _ = try pair.perform()
      }
      var cause = CauseFinding(
        base: sink.samples[.base] ?? [], candidate: sink.samples[.candidate] ?? [],
        shift: decision.shift ?? 0, name: member.name
      ).cause
      cause.environment = EnvironmentDifference.all(
        from: facts(.base, base, sink), to: facts(.candidate, candidate, sink)
      ).map {
        "\($0.path): \($0.before?.display ?? "not on record") in the base, "
          + "\($0.after?.display ?? "not on record") in the candidate"
      }
      result.causes[member.id] = cause
    }
  }
}
