// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoBuilds
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun

extension GateJob {
  /// Launch pairs measured for the cause of a failure, the fewest where the job's time is used up, and
  /// samples of each side in them.
  static let causePairs = 10
  static let causePairsFewest = 3
  static let causeRounds = 8
  /// What counting instructions for a cause may take, and what has to be left of the job's time for it.
  static let causeCountingSeconds = 120.0
  static let causeCountingLeast = 10.0

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
  func explain(
    _ result: inout GateResult, _ layout: GateLayout, _ sweep: SweepRecord,
    _ evidence: GateRunner.Evidence, deadline: Double
  ) throws {
    // Members of one series, its time and its metrics, have one cause in functions.
    var counted: [String: CauseFinding.Functions] = [:]
    for (member, decision) in result.judged where decision.verdict == .fail {
      guard let line = layout.lines.first(where: { $0.series.id == member.series.first }) else {
        continue
      }
      observer.note("looking for the cause of \(member.name)")
      let sink = CauseSink(session.store)
      let runner = PairRunner(sweep: sweep, sink: sink, interruption: interruption)
      try measure(line, member, runner, result.record.seed, deadline: deadline)
      let functions =
        try counted[line.series.id]
        ?? count(
          line, member, sweep, result.record.seed, evidence.observed[line.series.id],
          deadline: deadline)
      counted[line.series.id] = functions
      var cause = CauseFinding(
        sink.pairs, shift: decision.shift ?? 0, name: member.name, functions: functions
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

  /// Launch pairs with launches recorded.
  private func measure(
    _ line: GateLayout.Line, _ member: GateMember, _ runner: PairRunner, _ seed: UInt64,
    deadline: Double
  ) throws {
    let first = Self.explaining(line.planned)
    let second = Self.explaining(line.candidate ?? line.planned)
    for index in 0..<Self.causePairs where interruption.requests == 0 {
      if index >= Self.causePairsFewest, MonotonicClock().seconds() >= deadline { return }
      let pair = PairSession(
        runner: runner, base: arm(base, first), candidate: arm(candidate, second),
        place: .init(
          index: index, order: 1_000_000 + index, planIndex: 0, seed: seed,
          series: "cause/\(member.id)"))
      _ = try pair.perform()
    }
  }

  /// Instructions by function of both builds: as they were counted for the comparison, or now.
  private func count(
    _ line: GateLayout.Line, _ member: GateMember, _ sweep: SweepRecord, _ seed: UInt64,
    _ known: [PairSide: Observation]?, deadline: Double
  ) throws -> CauseFinding.Functions {
    var observations = known ?? [:]
    if observations.isEmpty {
      let seconds = min(deadline - MonotonicClock().seconds(), Self.causeCountingSeconds)
      guard seconds >= Self.causeCountingLeast else {
        return .missing("the job's time is used up; give it more (--budget)")
      }
      guard interruption.requests == 0 else { return .missing("the job was interrupted") }
      observer.note("counting instructions of both builds under valgrind")
      // A sample under an instrument may take ten times its limit, on either side.
      func limited(_ planned: PlannedPoint) -> PlannedPoint {
        var planned = planned
        planned.policy.timeoutSeconds = min(planned.policy.timeoutSeconds, seconds / 20)
        return planned
      }
      let runner = PairRunner(sweep: sweep, sink: session.store, interruption: interruption)
      observations = try InstrumentPair(runner).perform(
        GateArms(
          base: arm(base, limited(line.planned)),
          candidate: arm(candidate, limited(line.candidate ?? line.planned)),
          instruments: [.base: instrument(base), .candidate: instrument(candidate)]),
        .init(
          index: 0, order: 2_000_000, planIndex: 0, seed: seed,
          series: ExactComparison.instrumented("cause/\(member.id)"))
      ).observations
    }
    guard let before = observations[.base]?.callgrind,
      let after = observations[.candidate]?.callgrind
    else { return .missing("counting was interrupted") }
    if let reason = before.unavailable ?? after.unavailable { return .missing(reason) }
    guard
      let changes = FunctionChanges(base: before, candidate: after, name: FunctionName.short)
    else { return .missing("callgrind's counts have no instructions (Ir)") }
    return .counted(changes)
  }
}
