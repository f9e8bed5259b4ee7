// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// Gains of a step whose parts are at their best.
@Suite struct WhatIfTests {
  /// A step of random parts and random least times, some of them not known.
  static func random(_ seed: UInt64) throws -> (StepWaterfall, [String: Reading]) {
    var generator = TraceAnalysisTests.SeededRandom(seed: seed)
    func ns(_ most: Int) -> Int { Int(Double(most) * (generator.factor(1) / 2)) }
    var trace = SampleTrace()
    var clock = 1000
    for step in 0..<4 {
      let start = clock
      clock += ns(50)
      for op in ["a", "b", "c"] {
        let enqueue = clock
        let first = enqueue + ns(20)
        let ends = [first + 1 + ns(400), first + 1 + ns(400)]
        clock = max(ends[0], ends[1]) + ns(10)
        trace.launches.append(
          LaunchRecord(
            op: op, variant: "v", step: step, layer: 0, enqueueNs: enqueue, endNs: clock,
            workerNs: [first, ends[0], first, ends[1]]))
        clock += ns(30)
      }
      trace.steps.append(StepRecord(step: step, rows: 1, startNs: start, endNs: clock))
    }
    let waterfall = try #require(StepWaterfall.all(of: [trace]).first)
    let least: [String: Reading] = [
      "a": .value(Double(ns(600))), "b": .value(Double(ns(600))), "c": .unavailable("no limit"),
    ]
    return (waterfall, least)
  }

  @Test(arguments: 1...200) func gainsAreNeverNegativeAndKeepToTheBounds(_ seed: UInt64) throws {
    let (waterfall, least) = try Self.random(seed)
    let whatIf = WhatIf(waterfall, least: least)
    for prediction in whatIf.predictions {
      guard let saved = prediction.saved else {
        #expect(prediction.part.name == "c", "seed \(seed)")
        continue
      }
      #expect(saved >= 0 && saved <= prediction.part.mean + 1e-9, "seed \(seed): \(prediction)")
    }
    // With all of them no kernel is left less time than its roofline, unless it took less already.
    let waits = waterfall.parts.first { $0.kind == .wait }
    let keptWait =
      (waits?.mean ?? 0) - (whatIf.predictions.first { $0.part.kind == .wait }?.saved ?? 0)
    var floor = 0.0
    var left = keptWait
    for part in waterfall.parts where part.kind == .work {
      guard let bound = least[part.name]?.number else { continue }
      floor += min(bound, part.mean + part.wait)
      left += min(part.mean, bound)
    }
    #expect(left >= floor - 1e-6, "seed \(seed): \(left) of \(floor)")
  }

  @Test(arguments: 1...50) func partsThatCostNothingGiveTheWholeSum(_ seed: UInt64) throws {
    let (waterfall, _) = try Self.random(seed)
    let whatIf = WhatIf(waterfall, least: ["a": .value(0), "b": .value(0), "c": .value(0)])
    let sum = waterfall.parts.filter { $0.kind != .residual }.reduce(0) { $0 + $1.mean }
    #expect(abs(whatIf.savedTogether - sum) < 1e-6, "seed \(seed)")
    for prediction in whatIf.predictions {
      #expect(prediction.saved == prediction.part.mean, "seed \(seed): \(prediction.part.name)")
    }
  }

  @Test func amdahlByHand() throws {
    // Of 1000 ns (the first of a sample 900) a matmul works 600 and waits 90.
    let waterfall = try #require(StepWaterfall.all(of: [TraceAnalysisTests.trace()]).first)
    let step = waterfall.mean
    func saved(_ least: [String: Reading], _ name: String) -> Double? {
      WhatIf(waterfall, least: least).predictions.first { $0.part.name == name }?.saved
    }
    #expect(saved(["matmul": .value(450)], "matmul") == 150)
    let whatIf = WhatIf(waterfall, least: ["matmul": .value(450)])
    #expect(whatIf.share(150) == 150 / step && whatIf.speedup(150) == step / (step - 150))
    #expect(whatIf.speedup(step) == nil)
    // Faster than its roofline: caches. It gains nothing, and nothing is lost.
    #expect(saved(["matmul": .value(9999)], "matmul") == 0)
    // The roofline takes 640: 40 of the 90 ns waited for are work that must be done.
    #expect(saved(["matmul": .value(640)], "wait for the last worker") == 50)
    #expect(saved(["matmul": .value(640)], "matmul") == 0)
    #expect(saved([:], "wait for the last worker") == 90)
    #expect(saved([:], "host between kernels") == 170 && saved([:], "queue") == 10)
    #expect(saved([:], "matmul") == nil)
    #expect(whatIf.unknown.map(\.names) == [["add"]])
    #expect(whatIf.ranked.map(\.part.name).prefix(2) == ["host between kernels", "matmul"])
    #expect(!whatIf.predictions.contains { $0.part.kind == .residual })
  }

  /// A sweep of one run that declares a matmul of 4000 bytes a pass, with or without limits.
  private static func sweep(limits: Bool, kind: String = "generate") -> ResultSet.Sweep {
    func run(
      _ kind: String, _ configuration: [String: ConfigurationValue],
      _ facts: [String: ConfigurationValue], _ samples: [(Metric, Double)]
    ) -> ResultSet.Run {
      let id = "\(kind) \(facts.count)\(samples)"
      var all = configuration
      all["engine.threads"] = 2
      return ResultSet.Run(
        record: RunRecord(
          id: id, sweepID: "s",
          point: Point(
            benchmark: kind, kind: kind, configuration: Configuration(all), axes: []),
          launch: 0, order: 0, startedAt: "", status: .completed, facts: facts),
        samples: samples.map { metric, value in
          SampleRecord(
            runID: id, index: 0, warmup: false, startedAt: "",
            observation: Observation(startNs: 0, endNs: 1),
            measurements: [Measurement(metric, .value(value))])
        })
    }
    var matmul = OperationWork(
      op: "matmul", launches: 1, weightBytes: 4000, flopsPerRow: 100, arithmetic: "int8")
    matmul.kvBytesPerToken = 2
    var traced = run(kind, [:], [OperationWork.fact: OperationWork.value([matmul])], [])
    var observation = Observation(startNs: 0, endNs: 20_000)
    observation.trace = TraceAnalysisTests.trace()
    observation.depth = 100
    traced.samples = [
      SampleRecord(
        runID: traced.record.id, index: 0, warmup: false, startedAt: "", observation: observation,
        measurements: [])
    ]
    let known = [
      run("kernel", ["kernel.op": "read"], [:], [(KernelBytesPerSecond.metric, 10e9)]),
      run(
        "kernel", ["kernel.op": "peak"], ["kernel.arithmetic": "int8"],
        [(KernelFlopsPerSecond.metric, 1e12)]),
    ]
    return ResultSet.Sweep(
      record: SweepRecord(
        id: "s", suite: "s", planHash: "", suiteText: "", command: "", startedAt: "",
        machine: MachineRecord(name: "box", facts: [:]), build: BuildRecord(facts: [:])),
      runs: [traced] + (limits ? known : []), events: [])
  }

  private static func whatIf(_ sweep: ResultSet.Sweep) throws -> WhatIf {
    let run = sweep.runs[0]
    let waterfall = try #require(
      StepWaterfall.all(of: run.samples.compactMap(\.observation.trace)).first)
    return StepBounds(sweep).whatIf(waterfall, of: run.samples.map { (run.record, $0) })
  }

  @Test func workUnderTheLimitsOfTheMachine() throws {
    let whatIf = try Self.whatIf(Self.sweep(limits: true))
    // Contexts of 101 to 112 tokens, 106.5 on average, of 2 bytes each; 10 bytes a nanosecond.
    let least = whatIf.predictions.first { $0.part.name == "matmul" }?.least.number
    #expect(abs((least ?? 0) - (4000 + 2 * 106.5) / 10) < 1e-6)
    guard
      case .unavailable(let why)? = whatIf.predictions.first(where: { $0.part.name == "add" })?
        .least
    else {
      Issue.record("nothing declares the work of add")
      return
    }
    #expect(why.contains("no work is declared"))
  }

  @Test func withoutLimitsOrContextsThereIsNoPrediction() throws {
    for (sweep, words) in [
      (Self.sweep(limits: false), "tacho calibrate"),
      (Self.sweep(limits: true, kind: "serve"), "contexts"),
    ] {
      let whatIf = try Self.whatIf(sweep)
      let matmul = whatIf.predictions.first { $0.part.name == "matmul" }
      guard case .unavailable(let why)? = matmul?.least else {
        Issue.record("a prediction without \(words)")
        continue
      }
      #expect(why.contains(words) && matmul?.saved == nil, "\(why)")
    }
  }
}
