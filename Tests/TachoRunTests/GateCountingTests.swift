// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// What a gate counts exactly: from its samples, from a pair with launches recorded, under an instrument.
@Suite struct GateCountingTests {
  let clock = FakeClock()
  let sink = PairMemory()
  static let build = BuildRecord(facts: ["version": "1"])

  /// Counts so many instructions, or says why it cannot.
  final class Instrument: PointInstrument {
    let instructions: Result<Int, WorkerFailure>
    var observed: [MeasurementPolicy] = []
    let activity = "counting"

    init(_ instructions: Result<Int, WorkerFailure>) { self.instructions = instructions }

    func isWanted(for planned: PlannedPoint) -> Bool { true }

    func unavailable(_ reason: String) -> Observation {
      var observation = Observation(startNs: 0, endNs: 0)
      observation.callgrind = .unavailable(reason)
      return observation
    }

    func observe(
      _ planned: PlannedPoint
    ) throws(WorkerFailure) -> (observation: Observation, facts: [String: ConfigurationValue]) {
      observed.append(planned.policy)
      var observation = Observation(startNs: 0, endNs: 0)
      observation.iterations = 1
      observation.callgrind = InstructionCounts(
        totals: ["Ir": try instructions.get()], functions: [], otherInstructions: 0)
      return (observation, ["callgrind.valgrind": "3.0"])
    }
  }

  /// A worker whose samples allocate so often; asked for launches it has so many.
  private func script(allocations: Int, launches: Int) -> Script {
    var script = Script()
    script.observation = { observation in
      observation.heap = HeapReading(allocations: allocations, bytes: 10)
      observation.iterations = 1
    }
    script.holdsTracesWhenAsked = true
    script.trace = { _ in
      let record = LaunchRecord(
        op: "a", variant: "v", step: 0, layer: 0, enqueueNs: 1, firstStartNs: 2, lastStartNs: 2,
        firstEndNs: 3, lastEndNs: 3, endNs: 3)
      return .trace(SampleTrace(launches: Array(repeating: record, count: launches)))
    }
    return script
  }

  private func gate(
    _ exact: [GateExactMetric], base: Script, candidate: Script,
    instruments: [PairSide: any PointInstrument] = [:], seconds: Double = 1800
  ) throws -> GateRunner.Evidence {
    let policy = GatePolicy(pairsMax: 8, rounds: 2, secondsMax: seconds)
    let planned = try #require(RunnerTests.plan(policy: PairSessionTests.policy(2)).points.first)
    let side = GateBuild(reference: "r", revision: nil, buildID: Self.build.id, digest: "d")
    let record = GateRecord(
      sweepID: RunnerTests.sweep.id, base: side, candidate: side, policy: policy, seed: 3,
      series: [
        GateSeries(
          id: "p0", name: "point", role: .point, pointID: planned.point.id, exact: exact)
      ], members: [GateRunnerTests.member("p0")], expected: 1)
    func arm(_ script: Script) -> PairSession.Arm {
      .init(planned: planned, workers: ScriptedFactory(script, clock: clock), build: Self.build)
    }
    var next = 0
    let runner = GateRunner(
      record: record, sweep: RunnerTests.sweep,
      arms: ["p0": GateArms(base: arm(base), candidate: arm(candidate), instruments: instruments)],
      sink: sink, clock: clock, environment: ScriptedEnvironment([]), pause: { _ in },
      makeID: {
        next += 1
        return "id\(next)"
      })
    let evidence = try runner.perform().evidence
    // And once more from what the sink has, as from a store.
    let again = ExactComparison(record).differences(sink.times(record.metricsCompared))
    #expect(again == evidence.differences)
    return evidence
  }

  static let both = [
    GateExactMetric(metric: "launch/per-step", budget: nil),
    GateExactMetric(metric: "os/allocations", budget: 0),
  ]

  @Test func launchesAreCountedOnceInAPairOfTheirOwn() throws {
    let evidence = try gate(
      Self.both, base: script(allocations: 5, launches: 3),
      candidate: script(allocations: 6, launches: 4))
    #expect(evidence.differences.map(\.quantity) == ["launch/per-step", "os/allocations"])
    #expect(evidence.differences.map(\.base) == ["3", "5"])
    #expect(evidence.differences.map(\.candidate) == ["4", "6"])
    #expect(evidence.differences.map(\.isFailure) == [false, true])
    #expect(sink.pairs.count { $0.series == "count/p0" } == 1)
    let recorded = sink.memory.runs.filter { $0.policy?.recordLaunches == .all }
    #expect(recorded.count == 2 && sink.pairs.count { $0.series == "p0" } == 7)
  }

  @Test func whatTheSamplesShowNeedsNoPairOfItsOwn() throws {
    let evidence = try gate(
      [GateExactMetric(metric: "os/allocations", budget: nil)],
      base: script(allocations: 5, launches: 3), candidate: script(allocations: 5, launches: 3))
    #expect(evidence.differences.isEmpty)
    #expect(sink.pairs.allSatisfy { $0.series == "p0" })
  }

  @Test func instrumentsCountEachSideOnce() throws {
    let counts = [GateExactMetric(metric: "callgrind/instructions", budget: 0.005)]
    let (old, new) = (Instrument(.success(1000)), Instrument(.success(1006)))
    let evidence = try gate(
      counts, base: Script(), candidate: Script(), instruments: [.base: old, .candidate: new])
    let difference = try #require(evidence.differences.first)
    #expect(difference.isFailure && difference.base == "1000" && difference.candidate == "1006")
    #expect(old.observed.count == 1 && new.observed.count == 1)
    #expect(sink.pairs.count { $0.series == "instrument/p0" } == 1)
    let runs = sink.memory.runs.filter { $0.facts["callgrind.valgrind"] != nil }
    #expect(runs.count == 2 && runs.allSatisfy { $0.status == .completed })
  }

  @Test func whatCannotCountSaysWhyAndIsNoFailure() throws {
    let counts = [GateExactMetric(metric: "callgrind/instructions", budget: 0)]
    let evidence = try gate(
      counts, base: Script(), candidate: Script(),
      instruments: [
        .base: Instrument(.failure(WorkerFailure(.failed, "valgrind is not installed"))),
        .candidate: Instrument(.success(5)),
      ])
    #expect(evidence.differences.map(\.isFailure) == [false])
    #expect(evidence.differences.first?.detail.contains("valgrind is not installed") == true)
  }

  @Test func anInstrumentHasNoMoreTimeThanTheJob() throws {
    let instrument = Instrument(.success(5))
    _ = try gate(
      [GateExactMetric(metric: "callgrind/instructions", budget: 0)], base: Script(),
      candidate: Script(), instruments: [.base: instrument, .candidate: instrument], seconds: 106)
    // A quarter of the job's time for both sides, and each may take ten times its limit.
    #expect(instrument.observed.map(\.timeoutSeconds) == [1.325, 1.325])
  }
}

extension PairMemory {
  /// The completed pairs by series, with readings, as from a store.
  func times(_ metrics: Set<String>) -> [String: [PairTimes]] {
    let sweep = ResultSet.Sweep(
      record: RunnerTests.sweep,
      runs: memory.runs.map { .init(record: $0, samples: memory.samples(of: $0)) }, events: [],
      pairs: pairs)
    return PairTimes.bySeries(in: sweep, metrics: metrics)
  }
}
