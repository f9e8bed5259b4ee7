// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

/// The launch metrics against a sample worked out by hand, and what damaged traces do.
@Suite struct LaunchAccountTests {
  /// A sample of two workers.
  ///
  /// A region of 1000 ns: 100 ns before the forward pass, one of 700, sampling of 150,
  /// 50 ns that nothing names.
  ///
  /// First launch: enqueue 1150, workers 1160..1300 and 1180..1340, left at 1350. Second: enqueue
  /// 1400, workers 1420..1700 and 1410..1600, left at 1720.
  static var observation: Observation {
    var observation = Observation(startNs: 1000, endNs: 2000)
    observation.outputTokens = 1
    observation.trace = SampleTrace(
      launches: [
        LaunchRecord(
          op: "matmul", variant: "avx2", step: 0, layer: 0, enqueueNs: 1150, endNs: 1350,
          workerNs: [1160, 1300, 1180, 1340]),
        LaunchRecord(
          op: "add", variant: "avx2", step: 0, layer: 0, enqueueNs: 1400, endNs: 1720,
          workerNs: [1420, 1700, 1410, 1600]),
      ],
      spans: [
        SpanRecord(name: "tokenise", step: 0, startNs: 1000, endNs: 1100),
        SpanRecord(name: "sample", step: 1, startNs: 1800, endNs: 1950),
      ],
      steps: [StepRecord(step: 0, rows: 1, startNs: 1100, endNs: 1800)])
    return observation
  }

  static func value(_ id: String, _ observation: Observation) -> Reading? {
    MetricRules.measurements(of: observation).first { $0.metric.id == id }?.reading
  }

  @Test func aSampleByHand() throws {
    let expected: [String: Double] = [
      "launch/per-step": 2,
      "launch/queue": (10 + 10) / 1e9,
      "launch/skew": (20 + 10) / 1e9,
      "launch/exec": (190 + 310) / 1e9,
      // The pass's 700 less the launches' 200 + 320.
      "launch/gap": 180 / 1e9,
      "launch/tklqt": (180 + 20 + 30) / 1e9,
      "launch/barrier-wait": (50 + 10 + 20 + 120) / 1e9,
      // Longest 160 + 280, means 150 + 235.
      "launch/imbalance": 440.0 / 385 - 1,
      "launch/host-overhead": 0.2,
      "step/residual": 0.05,
      "step/slow-share": 0,
    ]
    for (id, number) in expected {
      let got = try #require(Self.value(id, Self.observation)?.number, "\(id)")
      #expect(abs(got - number) < 1e-15, "\(id) is \(got), not \(number)")
    }
    let account = try #require(LaunchAccount(Self.observation))
    let named = account.spans.reduce(0) { $0 + $1.ns }
    #expect(
      account.queueNs + account.execNs + account.gapNs + named + account.residualNs
        == account.totalNs)
  }

  @Test func whatIsMissingHasAReason() {
    var plain = Self.observation
    plain.trace = nil
    #expect(Self.value("launch/exec", plain) == nil)
    var partial = Self.observation
    partial.trace?.isPartial = true
    #expect(
      Self.value("launch/exec", partial)
        == .unavailable("only launches around slow steps were recorded"))
    #expect(Self.value("step/slow-share", partial) == .value(0))
    var omitted = Self.observation
    omitted.trace?.omittedLaunches = 3
    #expect(
      Self.value("launch/tklqt", omitted)
        == .unavailable("3 launches were not kept: there was no room"))
    // An engine that knows no workers.
    var blind = Self.observation
    for index in blind.trace?.launches.indices ?? 0..<0 {
      blind.trace?.launches[index].workerNs = []
    }
    #expect(
      Self.value("launch/barrier-wait", blind)
        == .unavailable("the engine does not tell its workers apart"))
    #expect(Self.value("launch/exec", blind)?.number == 500e-9)
    // A kernel has launches and no steps: what is not in one is the host's.
    var kernel = Self.observation
    kernel.iterations = 2
    kernel.trace?.steps = []
    kernel.trace?.spans = []
    #expect(abs((Self.value("launch/gap", kernel)?.number ?? 0) - 240e-9) < 1e-18)
    #expect(
      Self.value("step/residual", kernel) == .unavailable("the sample has no forward passes"))
  }

  @Test func tracesSurviveTheWire() throws {
    var trace = try #require(Self.observation.trace)
    trace.omittedLaunches = 2
    trace.isPartial = true
    let again = try JSONDecoder().decode(SampleTrace.self, from: JSONEncoder().encode(trace))
    #expect(again == trace)
    // Without workers the four inner times are sent.
    for index in trace.launches.indices { trace.launches[index].workerNs = [] }
    #expect(
      try JSONDecoder().decode(SampleTrace.self, from: JSONEncoder().encode(trace)) == trace)
    #expect(
      try JSONDecoder().decode(SampleTrace.self, from: Data("{}".utf8)) == SampleTrace())
  }

  @Test(arguments: [
    #"{"operations":[["a","b"]],"op":[0],"step":[0],"layer":[0],"enqueue":[1,2],"end":[1]}"#,
    #"{"operations":[["a","b"]],"op":[1],"step":[0],"layer":[0],"enqueue":[1],"end":[1],"workers":[[]]}"#,
    #"{"operations":[["a"]],"op":[0],"step":[0],"layer":[0],"enqueue":[1],"end":[1],"workers":[[]]}"#,
    #"{"operations":[["a","b"]],"op":[0],"step":[0],"layer":[0],"enqueue":[1],"end":[1],"workers":[]}"#,
  ]) func columnsThatDoNotFit(_ json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SampleTrace.self, from: Data(json.utf8))
    }
  }

  /// Whatever a worker sends, nothing traps: impossible times are found before sums are made.
  @Test func impossibleTimes() throws {
    func complaint(_ enqueue: Int, _ end: Int, _ workers: [Int]) throws -> String? {
      let json = """
        {"operations":[["a","b"]],"op":[0],"step":[0],"layer":[0],"enqueue":[\(enqueue)],\
        "end":[\(end)],"workers":[\(workers)]}
        """
      return try JSONDecoder().decode(SampleTrace.self, from: Data(json.utf8)).complaint
    }
    #expect(try complaint(100, 50, [10, 20, 5, 50]) == nil)
    #expect(try complaint(100, 50, [10, 20, 5]) == "launch 0 has 3 worker times: not pairs")
    for (enqueue, end, workers) in [
      (100, 50, [-10, 20]), (100, 50, [10, 60]), (100, -50, [10, 20]), (100, 50, [20, 10]),
      (Int.max, Int.max, [Int.max, Int.max]), (Int.min, 0, [0, 0]), (1 << 62, 5, [1, 2]),
    ] {
      #expect(try complaint(enqueue, end, workers) != nil, "\(enqueue) \(end) \(workers)")
    }
    let steps = SampleTrace(steps: [StepRecord(step: 0, rows: 1, startNs: 5, endNs: 4)])
    let spans = SampleTrace(spans: [SpanRecord(name: "x", step: 0, startNs: .min, endNs: .max)])
    #expect(steps.complaint != nil && spans.complaint != nil)
  }

  @Test func spellingsOfRecording() throws {
    for (json, value) in [
      ("true", LaunchRecording.all), ("false", .none), (#""slow""#, .slow), (#""true""#, .all),
    ] {
      #expect(
        try JSONDecoder().decode([LaunchRecording].self, from: Data("[\(json)]".utf8)) == [value])
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([LaunchRecording].self, from: Data(#"["often"]"#.utf8))
    }
  }

  /// Steps 0, 2 and 4 are delayed: their launches are compared with those of their neighbours.
  @Test func recoveredDelayByHand() {
    var observation = Observation(startNs: 0, endNs: 100_000)
    observation.outputTokens = 5
    observation.injection = InjectionRecord(op: "matmul", ratio: 0.1, every: 2, firstStep: 4)
    var trace = SampleTrace()
    for (step, lengths) in [[110, 55], [100, 50], [110, 66], [100, 44], [165, 99]].enumerated() {
      let start = step * 1000
      for (layer, ns) in lengths.enumerated() {
        trace.launches.append(
          LaunchRecord(
            op: "matmul.x", variant: "v", step: step, layer: layer, enqueueNs: start + layer * 500,
            endNs: start + layer * 500 + ns,
            workerNs: [start + layer * 500, start + layer * 500 + ns])
        )
      }
      trace.steps.append(StepRecord(step: step, rows: 1, startNs: start, endNs: start + 900))
    }
    observation.trace = trace
    // 110/100, 55/50; 110/100 twice, 66/50, 66/44; 165/100, 99/44: between the fourth and the fifth.
    let id = "self/recovered-delay"
    #expect(abs((Self.value(id, observation)?.number ?? 0) - 0.21) < 1e-12)
    observation.injection?.every = 1
    #expect(
      Self.value(id, observation)
        == .unavailable("inject.every is 1: no forward pass is without the delay"))
    observation.injection = InjectionRecord(op: "mat", ratio: 0.1, every: 2, firstStep: 0)
    #expect(
      Self.value(id, observation)
        == .unavailable("no launch of mat has a like one without the delay beside it"))
    observation.injection = nil
    #expect(Self.value(id, observation) == nil)
  }
}
