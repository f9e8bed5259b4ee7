// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// Launch pairs on scripted workers: who is sampled when, and what is left when one of them dies.
@Suite struct PairSessionTests {
  let clock = FakeClock()
  let sink = PairMemory()
  let interruption = ManualInterruption()

  static let build = BuildRecord(facts: ["version": "1"])

  func execute(
    _ plan: Plan, base: ScriptedFactory, candidate: ScriptedFactory, pairs: Int = 1,
    seed: UInt64 = 7, environment: [EnvironmentReading] = []
  ) throws -> SweepOutcome {
    var next = 0
    let runner = PairRunner(
      sweep: RunnerTests.sweep, sink: sink, interruption: interruption, clock: clock,
      environment: ScriptedEnvironment(environment), conditions: { [:] },
      makeID: {
        next += 1
        return "id\(next)"
      })
    return try runner.execute(plan, pairs: pairs, seed: seed) { planned in
      (
        .init(planned: planned, workers: base, build: Self.build),
        .init(planned: planned, workers: candidate, build: Self.build)
      )
    }
  }

  static func policy(_ rounds: Int, warmup: Int = 1) -> MeasurementPolicy {
    MeasurementPolicy(
      warmupMin: warmup, warmupMax: warmup, samplesMin: rounds, samplesMax: rounds,
      secondsMax: 1e9)
  }

  @Test func everyRoundHasOneSampleOfEachSide() throws {
    let base = ScriptedFactory(Script(), clock: clock)
    let candidate = ScriptedFactory(Script(seconds: [3, 2]), clock: clock)
    let outcome = try execute(
      RunnerTests.plan(policy: Self.policy(40)), base: base, candidate: candidate)
    #expect(outcome.count(.completed) == 1 && outcome.failures == 0)
    let pair = try #require(sink.pairs.first)
    #expect(pair.status == .completed && pair.reason == "40 rounds: the most asked for")
    #expect(pair.steps.map(\.position) == Array(0..<82))
    #expect(pair.steps.prefix(2).allSatisfy { $0.round == nil })
    var baseFirst = 0
    for round in 0..<40 {
      let steps = pair.steps.filter { $0.round == round }
      #expect(Set(steps.map(\.side)) == [.base, .candidate], "round \(round)")
      #expect(steps[1].position == steps[0].position + 1)
      if steps[0].side == .base { baseFirst += 1 }
    }
    // Both orders come up: 40 fair draws leave 8 to 32 but once in ten thousand times.
    #expect((8...32).contains(baseFirst), "\(baseFirst)")
    // The sample that a step names is the side's own, in the order taken.
    for side in PairSide.allCases {
      let own = pair.steps.filter { $0.side == side }
      #expect(own.map(\.sampleIndex) == Array(0..<41))
      let samples = sink.memory.samples.filter { $0.runID == pair.side(side).runID }
      #expect(
        samples.map(\.index) == Array(0..<41) && samples.map(\.warmup).filter { $0 }.count == 1)
      let seconds = side == .base ? 1.0 : 2.0
      #expect(samples.dropFirst().allSatisfy { $0.observation.seconds == seconds })
      #expect(samples.allSatisfy { $0.observation.roundTripNs != nil })
    }
    // Both get a round's inputs by the same seed, and no round those of another.
    let seeds = base.started[0].seeds.dropFirst()
    #expect(seeds == candidate.started[0].seeds.dropFirst() && Set(seeds).count == 40)
    #expect(zip(pair.steps, pair.steps.dropFirst()).allSatisfy { $0.askedNs < $1.askedNs })
    #expect(sink.memory.runs.map(\.launch) == [0, 1])
    #expect(sink.memory.runs.allSatisfy { $0.status == .completed && $0.facts["left"] == true })
    #expect(sink.builds == [Self.build, Self.build])
  }

  @Test func theSeedGivesTheOrderAgain() throws {
    func orders(_ seed: UInt64) throws -> [[PairRecord.Step]] {
      clock.now = 1000
      sink.pairs = []
      let workers = ScriptedFactory(Script(), clock: clock)
      _ = try execute(
        RunnerTests.plan(3, policy: Self.policy(12)), base: workers, candidate: workers, pairs: 4,
        seed: seed)
      return sink.pairs.map(\.steps)
    }
    let first = try orders(11)
    #expect(try orders(11) == first)
    #expect(try orders(12) != first)
    // Pairs of one sweep do not repeat each other's order.
    #expect(first.count == 12 && Set(first.map { $0.map(\.side) }).count > 6)
    let started = Set(sink.pairs.map(\.startedFirst))
    #expect(started.count == 2)
  }

  @Test func everyPointHasItsFirstPairBeforeAnyASecond() throws {
    let workers = ScriptedFactory(Script(), clock: clock)
    _ = try execute(
      RunnerTests.plan(5, policy: Self.policy(1), skip: [2: "excluded"]), base: workers,
      candidate: workers, pairs: 3)
    #expect(sink.pairs.map(\.index) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    #expect(sink.pairs.map(\.order) == Array(0..<12))
    let events = sink.memory.events.map(\.message)
    #expect(events.contains("3 launch pairs of each point, seed 7"), "\(events)")
  }

  @Test(arguments: PairSide.allCases, [RunStatus.crashed, .timedOut, .outOfMemory])
  func theDeathOfOneEndsThePairAndKeepsItsSamples(_ side: PairSide, _ status: RunStatus) throws {
    let dying = Script(failAt: (3, WorkerFailure(status, "it broke")))
    let first = ScriptedFactory(side == .base ? dying : Script(), clock: clock)
    let second = ScriptedFactory(side == .candidate ? dying : Script(), clock: clock)
    let outcome = try execute(
      RunnerTests.plan(policy: Self.policy(10)), base: first, candidate: second)
    #expect(outcome.failures == 1 && outcome.count(.completed) == 0)
    let pair = try #require(sink.pairs.first)
    #expect(pair.status == status && pair.reason == "\(side.rawValue): it broke")
    let dead = try #require(sink.memory.runs.first { $0.id == pair.side(side).runID })
    let survivor = try #require(sink.memory.runs.first { $0.id != dead.id })
    #expect(dead.status == status && dead.reason == "it broke" && dead.stderrTail == "tail")
    #expect(survivor.status == .interrupted)
    #expect(
      survivor.reason == "the other side of its pair \(status.rawValue): it broke",
      "\(survivor.reason ?? "")")
    #expect(sink.memory.samples.filter { $0.runID == dead.id }.count == 3)
    #expect(sink.memory.samples.filter { $0.runID == survivor.id }.count >= 3)
    #expect(pair.steps.count == sink.memory.samples.count)
    #expect((first.started + second.started).allSatisfy { $0.ends.contains(0) })
  }

  @Test func theNextPairGoesOn() throws {
    let base = ScriptedFactory(
      Script(failAt: (1, WorkerFailure(.crashed, "once"))), Script(), clock: clock)
    let outcome = try execute(
      RunnerTests.plan(policy: Self.policy(2)), base: base,
      candidate: ScriptedFactory(Script(), clock: clock), pairs: 2)
    #expect(outcome.failures == 1 && outcome.count(.completed) == 1)
    #expect(sink.pairs.map(\.status) == [.crashed, .completed])
  }

  @Test func aSideThatCannotIsSkippedForBoth() throws {
    let cannot = Script(prepared: .error(code: "unsupported", message: "no AMX here"))
    _ = try execute(
      RunnerTests.plan(policy: Self.policy(2)), base: ScriptedFactory(Script(), clock: clock),
      candidate: ScriptedFactory(cannot, clock: clock))
    #expect(sink.pairs[0].status == .skipped && sink.pairs[0].reason == "candidate: no AMX here")
    #expect(sink.memory.runs.allSatisfy { $0.status == .skipped })
    sink.pairs = []
    let gone = ScriptedFactory(Script(), clock: clock)
    gone.failure = WorkerFailure(.failed, "no such program")
    _ = try execute(
      RunnerTests.plan(policy: Self.policy(2)), base: ScriptedFactory(Script(), clock: clock),
      candidate: gone)
    #expect(sink.pairs[0].reason == "candidate: no such program")
  }

  @Test func anInterruptEndsBothSides() throws {
    let interruption = interruption
    let script = Script(beforeSample: { if $0 == 2 { interruption.requests = 1 } })
    let outcome = try execute(
      RunnerTests.plan(2, policy: Self.policy(9)), base: ScriptedFactory(script, clock: clock),
      candidate: ScriptedFactory(Script(), clock: clock), pairs: 2)
    #expect(outcome.interrupted && outcome.remaining == 3 && sink.pairs.count == 1)
    #expect(sink.pairs[0].status == .interrupted)
    #expect(sink.memory.runs.allSatisfy { $0.status == .interrupted })
  }

  @Test func contaminatedSamplesAreMarked() throws {
    let calm = EnvironmentReading(stealSeconds: 0)
    let stolen = EnvironmentReading(stealSeconds: 0.5)
    let workers = ScriptedFactory(Script(), clock: clock)
    _ = try execute(
      RunnerTests.plan(policy: Self.policy(1, warmup: 0)), base: workers, candidate: workers,
      environment: [calm, stolen, calm, calm])
    #expect(sink.memory.samples.map { $0.flag != nil } == [true, false])
  }

  /// Traces of both sides are asked for when no sample is to follow.
  @Test func tracesOfBothSides() throws {
    var script = Script()
    script.holdsTraces = true
    script.trace = { index in
      .trace(SampleTrace(steps: [StepRecord(step: 0, rows: 1 + index, startNs: 0, endNs: 1)]))
    }
    let workers = ScriptedFactory(script, clock: clock)
    _ = try execute(
      RunnerTests.plan(policy: Self.policy(2, warmup: 0)), base: workers, candidate: workers)
    #expect(sink.memory.samples.count == 4)
    #expect(
      sink.memory.samples.allSatisfy {
        $0.observation.trace?.steps.map(\.rows) == [1 + $0.index]
      })
    #expect(sink.memory.log.suffix(6).filter { $0 == "trace" }.count == 4)
  }

  @Test func theTimeEndsThePairOnceThereAreEnoughRounds() throws {
    var policy = Self.policy(100)
    policy.samplesMin = 3
    policy.secondsMax = 7.5
    let workers = ScriptedFactory(Script(), clock: clock)
    _ = try execute(RunnerTests.plan(policy: policy), base: workers, candidate: workers)
    // Two samples of a second each round: after four rounds 8 s have passed.
    #expect(sink.pairs[0].reason == "4 rounds: the time is used up")
  }
}

/// What a pair runner recorded.
final class PairMemory: PairSink {
  let memory = MemorySink()
  var pairs: [PairRecord] = []
  var builds: [BuildRecord] = []

  func begin(_ sweep: SweepRecord) { memory.begin(sweep) }
  func begin(_ run: RunRecord) { memory.begin(run) }
  func append(_ sample: SampleRecord) throws { try memory.append(sample) }
  func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    try memory.append(trace, runID: runID, index: index, measurements: measurements)
  }
  func finish(_ run: RunRecord) { memory.finish(run) }
  func append(_ event: EventRecord) { memory.append(event) }

  func begin(_ pair: PairRecord, builds: [BuildRecord]) {
    pairs.append(pair)
    self.builds += builds
  }

  func append(_ sample: SampleRecord, _ step: PairRecord.Step, pairID: String) throws {
    try memory.append(sample)
    guard let index = pairs.firstIndex(where: { $0.id == pairID }) else { return }
    pairs[index].steps.append(step)
  }

  func finish(_ pair: PairRecord) {
    if let index = pairs.firstIndex(where: { $0.id == pair.id }) { pairs[index] = pair }
  }
}
