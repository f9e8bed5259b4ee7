// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// A gate on scripted workers: what is measured, what is decided, and that the pairs alone tell it again.
@Suite struct GateRunnerTests {
  let clock = FakeClock()
  let sink = PairMemory()
  let interruption = ManualInterruption()
  static let build = BuildRecord(facts: ["version": "1"])

  static func member(_ series: String, _ role: GateMember.Role = .point) -> GateMember {
    GateMember(
      id: series, name: series, role: role, series: [series], statistic: "median",
      margins: .points)
  }

  /// Runs a gate over some series; each gives the scripts of its two sides.
  func gate(
    _ scripts: [(id: String, base: [Script], candidate: [Script])], groups: [GateMember] = [],
    policy: GatePolicy = GatePolicy(rounds: 2), differing: Set<String> = [], takesAll: Bool = false,
    pause: @escaping (Double) -> Void = { _ in }
  ) throws -> (record: GateRecord, decisions: [GateDecision], evidence: GateRunner.Evidence) {
    let plan = RunnerTests.plan(policy: PairSessionTests.policy(policy.rounds))
    let planned = try #require(plan.points.first)
    let side = GateBuild(reference: "r", revision: nil, buildID: Self.build.id, digest: "d")
    let record = GateRecord(
      sweepID: RunnerTests.sweep.id, base: side, candidate: side, policy: policy, seed: 3,
      series: scripts.map {
        GateSeries(id: $0.id, name: $0.id, role: .point, pointID: planned.point.id)
      },
      members: scripts.map { Self.member($0.id) } + groups, expected: scripts.count)
    var arms: [String: GateArms] = [:]
    for entry in scripts {
      func arm(_ scripts: [Script]) -> PairSession.Arm {
        let factory = ScriptedFactory(Script(), clock: clock)
        factory.scripts = scripts
        return .init(planned: planned, workers: factory, build: Self.build)
      }
      arms[entry.id] = GateArms(base: arm(entry.base), candidate: arm(entry.candidate))
    }
    var next = 0
    let runner = GateRunner(
      record: record, sweep: RunnerTests.sweep, arms: arms, differing: differing,
      takesAll: takesAll, sink: sink, interruption: interruption, clock: clock,
      environment: ScriptedEnvironment([]),
      pause: pause,
      makeID: {
        next += 1
        return "id\(next)"
      })
    let (decisions, evidence) = try runner.perform()
    return (record, decisions, evidence)
  }

  /// Verdicts computed from what the sink has, as from a store.
  func again(_ record: GateRecord) -> [GateDecision] {
    let series = sink.times(record.metricsCompared)
    let judge = GateJudge(record)
    return record.members.map { judge.decision(of: $0, series) }
  }

  @Test func equalPassesSlowerFailsAndBothAreToldAgain() throws {
    let result = try gate([
      ("same", [Script()], [Script()]), ("slower", [Script()], [Script(seconds: [1.05])]),
      ("between", [Script()], [Script(seconds: [1.02])]),
    ])
    let verdicts = Dictionary(
      result.decisions.map { ($0.memberID, $0) }, uniquingKeysWith: { $1 })
    // ln 50 / ln 1.8 = 6.7 pairs, and ln 300 / ln 1.6 = 12.1.
    #expect(verdicts["same"]?.verdict == .pass && verdicts["same"]?.pairs == 7)
    #expect(verdicts["slower"]?.verdict == .fail && verdicts["slower"]?.pairs == 13)
    #expect(verdicts["between"]?.verdict == .pass)
    #expect(abs((verdicts["slower"]?.shift ?? 0) - 0.04879) < 1e-5)
    #expect(again(result.record) == result.decisions)
    // Nothing is measured once it is decided.
    #expect(sink.pairs.count { $0.series == "same" } == 7)
    #expect(sink.pairs.count { $0.series == "slower" } == 13)
  }

  @Test func aLongRunDecidesAlikeAndMeasuresOn() throws {
    let policy = GatePolicy(pairsMax: 20, rounds: 2)
    let scripts = [
      ("same", [Script()], [Script()]), ("slower", [Script()], [Script(seconds: [1.05])]),
    ]
    let short = try gate(scripts, policy: policy)
    sink.pairs = []
    let long = try gate(scripts, policy: policy, takesAll: true)
    #expect(long.decisions.map(\.verdict) == short.decisions.map(\.verdict))
    #expect(long.decisions.map(\.pairs) == short.decisions.map(\.pairs))
    #expect(["same", "slower"].allSatisfy { id in sink.pairs.count { $0.series == id } == 20 })
  }

  @Test func aGroupSeesWhatItsSeriesShare() throws {
    let ids = ["a", "b", "c", "d"]
    let group = GateMember(
      id: "g", name: "all", role: .group, series: ids, statistic: "median", margins: .groups)
    let result = try gate(
      ids.map { ($0, [Script()], [Script(seconds: [1.009])]) }, groups: [group])
    let verdicts = Dictionary(
      result.decisions.map { ($0.memberID, $0.verdict) }, uniquingKeysWith: { $1 })
    #expect(ids.allSatisfy { verdicts[$0] == .pass })
    // 0.9% is above the group's 0.5% and below its 2%: passing takes fewer pairs.
    #expect(verdicts["g"] == .pass)
    #expect(again(result.record) == result.decisions)
    let slower = try gate(
      ids.map { ($0, [Script()], [Script(seconds: [1.025])]) }, groups: [group])
    #expect(slower.decisions.last?.verdict == .fail)
  }

  @Test func furtherMetricsAreJudgedInTheSamePairs() throws {
    func script(tokens: Int) -> Script {
      var script = Script()
      script.observation = { $0.outputTokens = tokens }
      return script
    }
    func member(_ series: String) throws -> GateMember {
      let metric = try #require(MetricRules.metric(id: "decode/tokens-per-second"))
      return GateMember(
        id: series + "/rate", name: series + ", rate", role: .metric, series: [series],
        statistic: "median", margins: .points, metric: GateMetric(metric))
    }
    // Equal times; the second makes fewer tokens in them, the third none.
    let result = try gate(
      [
        ("same", [script(tokens: 100)], [script(tokens: 100)]),
        ("fewer", [script(tokens: 100)], [script(tokens: 90)]),
        ("none", [Script()], [Script()]),
      ], groups: try ["same", "fewer", "none"].map(member))
    let verdicts = Dictionary(result.decisions.map { ($0.memberID, $0) }) { first, _ in first }
    #expect(verdicts["same"]?.verdict == .pass && verdicts["same/rate"]?.verdict == .pass)
    #expect(verdicts["fewer"]?.verdict == .pass && verdicts["fewer/rate"]?.verdict == .fail)
    #expect(abs((verdicts["fewer/rate"]?.base ?? 0) - 100) < 1e-9)
    #expect(verdicts["none/rate"]?.verdict == .skipped)
    // The series goes on until its metric is decided too.
    #expect(sink.pairs.count { $0.series == "fewer" } > 7)
    #expect(again(result.record) == result.decisions)
  }

  @Test func whatCannotBeMeasuredIsNoPass() throws {
    var dead = Script()
    dead.failAt = (0, WorkerFailure(.crashed, "signal 11"))
    let result = try gate([
      ("broken", [Script()], [dead]), ("gone", [dead], [Script()]),
      ("fine", [Script()], [Script()]),
    ])
    let verdicts = Dictionary(
      result.decisions.map { ($0.memberID, $0) }, uniquingKeysWith: { $1 })
    #expect(verdicts["broken"]?.verdict == .broken)
    #expect(verdicts["broken"]?.reason.contains("signal 11") == true)
    #expect(verdicts["gone"]?.verdict == .unmeasured && verdicts["fine"]?.verdict == .pass)
    #expect(sink.pairs.count { $0.series == "broken" } == 2)
  }

  @Test func whatTheCandidateNoLongerSupportsIsBroken() throws {
    var refusing = Script()
    refusing.failAt = (0, WorkerFailure(.skipped, "unsupported"))
    let result = try gate([
      ("dropped", [Script()], [refusing]), ("neither", [refusing], [refusing]),
      ("new", [refusing], [Script()]),
    ])
    let verdicts = Dictionary(
      result.decisions.map { ($0.memberID, $0.verdict) }, uniquingKeysWith: { $1 })
    #expect(verdicts == ["dropped": .broken, "neither": .skipped, "new": .skipped])
    #expect(again(result.record).allSatisfy { $0.pairs == 0 })
  }

  @Test func timeAndInterruptionsLeaveNoVerdict() throws {
    // Four samples of a second in each pair, and the starts.
    let short = try gate(
      [("a", [Script()], [Script()])], policy: GatePolicy(rounds: 2, secondsMax: 20))
    #expect(short.evidence.outOfTime && short.decisions[0].verdict == .inconclusive)
    #expect(short.decisions[0].reason.contains("time is used up"))
    let few = try gate(
      [("a", [Script()], [Script(seconds: [1.05])])],
      policy: GatePolicy(pairsMax: 6, rounds: 2))
    #expect(few.decisions[0].verdict == .inconclusive && few.decisions[0].pairs == 6)
    interruption.requests = 1
    let stopped = try gate([("a", [Script()], [Script()])])
    #expect(stopped.evidence.interrupted && stopped.decisions[0].pairs == 0)
  }

  @Test func otherOutputsAreFoundWithTheFirstToken() throws {
    func speaking(_ tokens: [Int]) -> Script {
      var script = Script()
      var observation = Observation(startNs: 0, endNs: 1_000_000_000)
      observation.outputTokenIDs = tokens
      observation.outputFingerprint = "\(tokens)"
      script.replyAt = (1, .sample(observation))
      return script
    }
    let result = try gate(
      [
        ("same", [speaking([1, 2, 3])], [speaking([1, 2, 3])]),
        ("other", [speaking([1, 2, 3])], [speaking([1, 9, 3])]),
        ("meant to differ", [speaking([1, 2, 3])], [speaking([1, 9, 3])]),
      ], differing: ["meant to differ"])
    #expect(result.evidence.differences.map(\.seriesID) == ["other"])
    let difference = try #require(result.evidence.differences.first)
    #expect(difference.isFailure && difference.quantity == "output")
    #expect(difference.detail.contains("token 2") && difference.detail.contains("9"))
  }

  @Test func aFailureIsConfirmedOrNot() throws {
    let result = try gate([("a", [Script()], [Script(seconds: [1.05])])])
    let planned = try #require(RunnerTests.plan(policy: PairSessionTests.policy(2)).points.first)
    func confirmation(_ seconds: Double) throws -> GateDecision {
      var next = 1000
      let runner = GateRunner(
        record: result.record, sweep: RunnerTests.sweep, arms: [:], sink: sink,
        clock: clock, environment: ScriptedEnvironment([]), pause: { _ in },
        makeID: {
          next += 1
          return "again\(seconds)-\(next)"
        })
      func arm(_ seconds: Double) -> PairSession.Arm {
        .init(
          planned: planned,
          workers: ScriptedFactory(Script(seconds: [seconds]), clock: clock), build: Self.build)
      }
      return try runner.confirm(
        result.record.members[0], seriesID: "confirm/a",
        arms: GateArms(base: arm(1), candidate: arm(seconds)))
    }
    // ln 20 / ln 1.6 = 6.4 pairs.
    let repeated = try confirmation(1.05)
    #expect(repeated.verdict == .fail && repeated.pairs == 7)
    let gone = try confirmation(1)
    #expect(gone.verdict == .layout && gone.pairs == 80)
  }
}
