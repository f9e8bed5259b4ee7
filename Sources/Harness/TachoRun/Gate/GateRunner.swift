// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoPlan
package import TachoRecord

/// Measures two builds in launch pairs until every member of a gate is decided.
///
/// All series take turns: one pair of each that is still needed, in an order drawn for the round, so that
/// a burst of other work costs each series one pair. A series is measured until what hangs on it is
/// decided; groups that are not decided by then go on with a few of their series, drawn anew each round.
package final class GateRunner {
  /// Series measured in a round for a group alone.
  static let seriesForGroup = 8
  /// A series whose one side cannot be measured is tried this often.
  static let attempts = 2
  /// A round in which so many pairs were disturbed is followed by a pause, and how long pauses may be in
  /// all, as a share of the job's time.
  static let disturbedShare = 0.5
  static let pauseSeconds = 2.0
  static let pauseShare = 0.1
  /// What instruments may take in all, as a share of the job's time.
  static let instrumentShare = 0.25

  /// What went on beside the pairs' times.
  package struct Evidence {
    package var series: [String: [PairTimes]] = [:]
    package var differences: [GateDifference] = []
    /// What was observed under instruments, by series.
    package var observed: [String: [PairSide: Observation]] = [:]
    /// Series that one or both sides could not measure.
    package var unusable: [String: (verdict: GateVerdict, reason: String)] = [:]
    package var interrupted = false
    package var outOfTime = false
  }

  private let record: GateRecord
  private let runner: PairRunner
  private let sink: GateSink
  private let judge: GateJudge
  private let arms: [String: GateArms]
  private let observer: (any GateObserver)?
  private let pause: (Double) -> Void
  private let comparison: OutputComparison
  private let takesAll: Bool
  private var evidence = Evidence()
  private var decisions: [String: GateDecision] = [:]
  private var failures: [String: [PairSide: Int]] = [:]
  private var order = 0
  private var paused = 0.0
  private var instrumentSeconds = 0.0
  private let deadline: Double

  /// `arms` gives the two sides of each of the record's series.
  ///
  /// Those of `differing` do not do the same on both sides and their outputs are not compared. `takesAll` measures every pair there may be, also of what is decided: a
  /// long run that knows more than its verdicts. `pause` waits for some seconds.
  package init(
    record: GateRecord, sweep: SweepRecord, arms: [String: GateArms],
    differing: Set<String> = [], takesAll: Bool = false,
    sink: any PairSink,
    interruption: any Interruption = NoInterruption(), observer: (any GateObserver)? = nil,
    clock: any RunClock = MonotonicClock(),
    environment: any EnvironmentReader = ProcEnvironmentReader(),
    pause: @escaping (Double) -> Void, makeID: @escaping () -> String = Runner.randomID
  ) {
    self.record = record
    self.arms = arms
    self.observer = observer
    self.pause = pause
    self.takesAll = takesAll
    self.sink = GateSink(
      sink, metrics: record.metricsCompared.union([OutputComparison.errorMetric]))
    comparison = OutputComparison(ignored: differing)
    judge = GateJudge(record)
    runner = PairRunner(
      sweep: sweep, sink: self.sink, interruption: interruption, clock: clock,
      environment: environment, conditions: { [:] }, makeID: makeID)
    deadline = clock.seconds() + record.policy.secondsMax
  }

  /// Measures until all members are decided, or pairs, time or patience run out.
  ///
  /// Throws only what the store throws.
  package func perform() throws -> (decisions: [GateDecision], evidence: Evidence) {
    for member in record.members { decisions[member.id] = judge.decision(of: member, [:]) }
    for round in 0..<record.policy.pairsMax {
      let needed = series(neededIn: round)
      if needed.isEmpty { break }
      observer?.roundBegan(round, series: needed.count, undecided: undecided.count)
      var disturbed = 0
      var stream = ShuffleStream(seed: record.seed, block: UInt64(round))
      for id in stream.shuffled(needed) {
        if runner.interruption.requests > 0 { evidence.interrupted = true }
        if runner.clock.seconds() >= deadline { evidence.outOfTime = true }
        if evidence.interrupted || evidence.outOfTime { return finish() }
        if try measure(id, round: round) { disturbed += 1 }
      }
      rest(disturbed: disturbed, of: needed.count)
      if round == 0 { try count() }
    }
    return finish()
  }

  /// Measures one failed member's series in builds of another layout, until its failure repeats or the
  /// pairs are used up.
  package func confirm(
    _ member: GateMember, seriesID: String, arms: GateArms
  ) throws -> GateDecision {
    var pairs: [PairTimes] = []
    var decision = judge.confirmation(of: member, pairs)
    for round in 0..<record.policy.pairsMax {
      if runner.interruption.requests > 0 || runner.clock.seconds() >= deadline { break }
      observer?.confirming(member, pairs: round)
      guard let times = try pair(seriesID, round: round, arms: arms).times else { continue }
      pairs.append(times)
      decision = judge.confirmation(of: member, pairs)
      if decision.verdict == .fail { break }
    }
    return decision
  }

  private var undecided: [GateMember] {
    record.members.filter { decisions[$0.id]?.verdict == .inconclusive }
  }

  private func series(neededIn round: Int) -> [String] {
    if takesAll { return record.series.map(\.id).filter { evidence.unusable[$0] == nil } }
    var needed: Set<String> = []
    let open = undecided
    for member in open where member.role != .group {
      needed.formUnion(member.series.filter { evidence.unusable[$0] == nil })
    }
    for member in open where member.role == .group {
      let usable = member.series.filter { evidence.unusable[$0] == nil }
      guard usable.count >= GateMember.fewestInGroup else {
        decisions[member.id]?.verdict = .skipped
        decisions[member.id]?.reason =
          "fewer than \(GateMember.fewestInGroup) of its series can be measured"
        continue
      }
      let missing = Self.seriesForGroup - usable.count { needed.contains($0) }
      if missing > 0 {
        var stream = ShuffleStream(seed: record.seed &+ 1, block: UInt64(round))
        needed.formUnion(stream.shuffled(usable.filter { !needed.contains($0) }).prefix(missing))
      }
    }
    return needed.sorted()
  }

  /// Measures one pair of a series and looks at what hangs on it; says whether it was disturbed.
  private func measure(_ id: String, round: Int) throws -> Bool {
    guard let arms = arms[id] else { preconditionFailure("a series has two sides") }
    let result = try pair(id, round: round, arms: arms)
    guard let times = result.times else {
      try unmeasured(id, result, arms, round: round)
      return false
    }
    evidence.series[id, default: []].append(times)
    if let name = record.series.first(where: { $0.id == id })?.name {
      for difference in comparison.differences(result.base, result.candidate, id, name)
      where !evidence.differences.contains(where: { difference.isSame($0) }) {
        evidence.differences.append(difference)
      }
    }
    for member in record.members
    where member.series.contains(id) && decisions[member.id]?.verdict == .inconclusive {
      // A group's round is whole only when all its series were measured.
      if member.role != .group { decide(member) }
    }
    return result.base.flagged + result.candidate.flagged > times.base.count
  }

  private func decide(_ member: GateMember) {
    let decision = judge.decision(of: member, evidence.series)
    decisions[member.id] = decision
    if decision.verdict != .inconclusive { observer?.decided(member, decision) }
  }

  private struct Result {
    var times: PairTimes?
    var pair: PairRecord
    var base: GateSink.Side
    var candidate: GateSink.Side
  }

  private func pair(_ id: String, round: Int, arms: GateArms) throws -> Result {
    sink.reset()
    let session = PairSession(
      runner: runner, base: arms.base, candidate: arms.candidate, place: place(id, round: round))
    let pair = try session.perform()
    let base = sink.sides[pair.base.runID] ?? .init()
    let candidate = sink.sides[pair.candidate.runID] ?? .init()
    observer?.measured(pair)
    var times: PairTimes?
    if pair.status == .completed {
      func inOrder(_ side: GateSink.Side) -> [Double] {
        side.seconds.sorted { $0.key < $1.key }.map(\.value)
      }
      times = PairTimes(
        index: round, base: inOrder(base), candidate: inOrder(candidate),
        readings: [.base: base.readings, .candidate: candidate.readings])
    }
    return Result(times: times, pair: pair, base: base, candidate: candidate)
  }

  /// A side failed: after a few tries the series is given up.
  private func unmeasured(
    _ id: String, _ result: Result, _ arms: GateArms, round: Int
  ) throws {
    if result.pair.status == .interrupted { return }
    let reason = result.pair.reason ?? result.pair.status.rawValue
    if result.pair.status == .skipped {
      // Both sides are skipped with the one that cannot: the base against itself tells whether it can.
      let alone = try pair(
        "check/" + id, round: round, arms: GateArms(base: arms.base, candidate: arms.base))
      switch alone.pair.status {
      case .completed:
        evidence.unusable[id] = (
          .broken, "the candidate does not measure what the base does: \(reason)"
        )
      case .skipped: evidence.unusable[id] = (.skipped, reason)
      default: return
      }
    } else {
      let side: PairSide = result.base.status.isFailure ? .base : .candidate
      failures[id, default: [:]][side, default: 0] += 1
      guard failures[id]?[side] == Self.attempts else { return }
      evidence.unusable[id] =
        side == .base
        ? (.unmeasured, "the base cannot be measured: \(reason)")
        : (.broken, "the candidate fails where the base runs: \(reason)")
    }
    guard let (verdict, reason) = evidence.unusable[id] else { return }
    for member in record.members where member.role != .group && member.series.contains(id) {
      decisions[member.id]?.verdict = verdict
      decisions[member.id]?.reason = reason
      if let decision = decisions[member.id] { observer?.decided(member, decision) }
    }
  }

  /// After a round: groups are decided, and a disturbed machine is left alone for a moment.
  private func rest(disturbed: Int, of count: Int) {
    for member in undecided where member.role == .group { decide(member) }
    guard Double(disturbed) >= Self.disturbedShare * Double(count),
      paused + Self.pauseSeconds <= Self.pauseShare * record.policy.secondsMax,
      !undecided.isEmpty
    else { return }
    observer?.pausing(seconds: Self.pauseSeconds)
    pause(Self.pauseSeconds)
    paused += Self.pauseSeconds
  }

  /// Of each series once what its samples do not show: launches are recorded in a pair that is not timed, and
  /// instruments count where the suite asks for it.
  private func count() throws {
    for series in record.series where evidence.unusable[series.id] == nil {
      guard let pairs = evidence.series[series.id], let arms = arms[series.id] else { continue }
      let missing = (series.exact ?? []).filter { exact in
        !pairs.contains { pair in
          pair.readings.values.contains { $0.numbers[exact.metric] != nil }
        }
      }
      for (needs, take) in [
        (missing.contains { !MetricRules.needsInstrument(id: $0.metric) }, countLaunches),
        (missing.contains { MetricRules.needsInstrument(id: $0.metric) }, observe),
      ] where needs {
        if runner.interruption.requests > 0 || runner.clock.seconds() >= deadline { return }
        try take(series, arms)
      }
    }
  }

  private func countLaunches(_ series: GateSeries, _ arms: GateArms) throws {
    observer?.counting(series, under: nil)
    let recording = arms.changing {
      $0.recordLaunches = .all
      ($0.samplesMin, $0.samplesMax) = (1, 1)
    }
    let id = ExactComparison.counting(series.id)
    if let times = try pair(id, round: 0, arms: recording).times { evidence.series[id] = [times] }
  }

  private func observe(_ series: GateSeries, _ arms: GateArms) throws {
    observer?.counting(series, under: arms.instruments[.base]?.activity)
    let began = runner.clock.seconds()
    let left = min(
      Self.instrumentShare * record.policy.secondsMax - instrumentSeconds, deadline - began)
    // Under an instrument each side may take ten times its limit.
    let limited = arms.changing { $0.timeoutSeconds = min($0.timeoutSeconds, max(left, 0.1) / 20) }
    let id = ExactComparison.instrumented(series.id)
    sink.reset()
    let result = try InstrumentPair(runner).perform(limited, place(id, round: 0))
    instrumentSeconds += runner.clock.seconds() - began
    if result.pair.status == .interrupted { return }
    evidence.observed[series.id] = result.observations
    evidence.series[id] = [
      PairTimes(
        index: 0, base: [], candidate: [],
        readings: [
          .base: sink.sides[result.pair.base.runID]?.readings ?? SideReadings(),
          .candidate: sink.sides[result.pair.candidate.runID]?.readings ?? SideReadings(),
        ])
    ]
  }

  /// The next pair's place in the job.
  private func place(_ id: String, round: Int) -> PairSession.Place {
    defer { order += 1 }
    return .init(
      index: round, order: order, planIndex: record.series.firstIndex { $0.id == id } ?? 0,
      seed: record.seed, series: id)
  }

  private func finish() -> (decisions: [GateDecision], evidence: Evidence) {
    let final = record.members.compactMap { member -> GateDecision? in
      guard var decision = decisions[member.id] else { return nil }
      if [.pass, .fail, .inconclusive].contains(decision.verdict) {
        // Once more from all pairs: the estimate of a decided member profits from later ones.
        decision = judge.decision(of: member, evidence.series)
        if decision.verdict == .inconclusive {
          if evidence.interrupted { decision.reason += "; the job was interrupted" }
          if evidence.outOfTime { decision.reason += "; the job's time is used up" }
        }
      }
      return decision
    }
    evidence.differences += ExactComparison(record).differences(evidence.series)
    return (final, evidence)
  }
}
