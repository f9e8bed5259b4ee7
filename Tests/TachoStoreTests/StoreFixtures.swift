// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord

@testable import TachoStore

/// Records with every field set, as a sweep on a real machine would write them.
enum StoreFixtures {
  /// A path in a fresh directory, removed when the body returns.
  static func withStorePath<T>(_ body: (String) throws -> T) throws -> T {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.appendingPathComponent("results.sqlite").path)
  }

  static func sweep(_ id: String = "sweep-1", suite: String = "spine") -> SweepRecord {
    SweepRecord(
      id: id, suite: suite, planHash: "p1", suiteText: "suite: spine # größe 日本語\n",
      command: "tacho run 'my suite.yaml' --set engine.threads=2",
      startedAt: "2026-11-21T09:00:00.000Z",
      machine: MachineRecord(
        name: "naïve-box", facts: ["cpu.model": "Xeon™ 2.5 GHz", "cpu.cores": 2, "ram.gb": 7.5]),
      build: BuildRecord(facts: ["version": "0.1", "git.revision": "abc", "optimised": true]))
  }

  static func point(threads: Int = 2) -> Point {
    Point(
      benchmark: "decode", kind: "generate", variant: "int8 ✓",
      configuration: Configuration([
        "engine.threads": .int(threads), "weights.format": "q4_0", "sampling.top_p": 0.95,
        "engine.pin": true, "workload.tags": ["a", "b"], "model.note": .null,
      ]), axes: ["engine.threads", "weights.format"])
  }

  static func run(
    _ id: String = "run-1", sweep: String = "sweep-1", threads: Int = 2, order: Int = 0
  ) -> RunRecord {
    RunRecord(
      id: id, sweepID: sweep, point: point(threads: threads), launch: 0, order: order,
      startedAt: "2026-11-21T09:00:01.000Z",
      policy: MeasurementPolicy(
        samplesMin: 2, samplesMax: 4, secondsMax: .greatestFiniteMagnitude, repeatsMax: 1))
  }

  static let speed = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher, version: 3,
    definition: "Tokens over seconds; \"unavailable\" without tokens.")

  static func sample(_ index: Int, run: String = "run-1", full: Bool = true) -> SampleRecord {
    var observation = Observation(startNs: 1_000, endNs: 2_001_000 + index)
    observation.promptTokens = 7
    observation.outputTokens = 16
    if full {
      observation.cachedTokens = 1
      observation.depth = 2048
      observation.emissionNs = [5, 6, 7]
      observation.emissionTokens = [1, 1, 2]
      observation.flops = 1.5e12
      observation.outputFingerprint = "deadbeef"
      observation.usage = ResourceUsage(
        userSeconds: 0.25, systemSeconds: 0.125, minorFaults: 1, majorFaults: 2,
        voluntarySwitches: 3, involuntarySwitches: 4, peakResidentBytes: 5_000_000_000)
      observation.extra = ["foreign/score": 0.5]
      observation.trace = trace
      observation.counters = counters
      observation.kernelCounters = [
        KernelCounterReading(
          op: "gemv", launches: 2, event: "cycles", scope: .user, group: 1,
          count: CounterCount(raw: 7, enabledNs: 30, runningNs: 20)),
        KernelCounterReading(
          op: "gemv", launches: 2, event: "task-clock", scope: nil, group: 0,
          count: .unavailable("around launches … «только»")),
      ]
    }
    return SampleRecord(
      runID: run, index: index, warmup: index == 0, startedAt: "2026-11-21T09:00:02.000Z",
      observation: observation,
      measurements: [
        Measurement(SampleSeconds.metric, .value(observation.seconds)),
        index == 1
          ? Measurement(speed, .unavailable("no tokens — «пусто»"))
          : Measurement(speed, .value(100 + Double(index))),
      ],
      flag: index == 2 ? "steal 12%" : nil, environment: full ? environment : nil)
  }

  static let environment: SampleEnvironment = {
    var seen = SampleEnvironment(wallSeconds: 1.25)
    (seen.processors, seen.threads, seen.migrations) = (2, 3, 0)
    (seen.stealSeconds, seen.foreignSeconds, seen.workerSeconds) = (0.01, 0.125, 2.25)
    seen.unavailable["megahertz"] = "no cpufreq «здесь»"
    return seen
  }()

  static let trace = SampleTrace(
    launches: [
      launch("gemv", "avx2", step: 0, layer: -1),
      LaunchRecord(
        op: "gemv", variant: "avx2", step: 1, layer: 3, enqueueNs: 20, endNs: 40,
        workerNs: [22, 30, 21, 39]),
      launch("rmsnorm", "scalar", step: 1, layer: 4),
    ],
    spans: [SpanRecord(name: "sample; it", step: 1, startNs: 16, endNs: 19)],
    steps: [
      StepRecord(step: 0, rows: 512, startNs: 9, endNs: 15),
      StepRecord(
        step: 1, rows: 1, startNs: 19, endNs: 44, processor: 3, involuntarySwitches: 1,
        minorFaults: 2, majorFaults: 4, isSlow: true),
    ], omittedLaunches: 5, isPartial: true)
  /// One measured on two threads, one scaled, one that is not there.
  static let counters: [CounterReading] = [
    CounterReading(
      event: "perf::CYCLES", quantity: .cycles, scope: .userAndKernel, group: 1,
      total: CounterCount(raw: 30, enabledNs: 200, runningNs: 200),
      threads: [
        .init(thread: 4711, count: CounterCount(raw: 10, enabledNs: 100, runningNs: 100)),
        .init(thread: 4712, count: CounterCount(raw: 20, enabledNs: 100, runningNs: 100)),
      ]),
    CounterReading(
      event: "skx::L2_RQSTS:MISS", scope: .user, group: 1,
      total: CounterCount(raw: 30, enabledNs: 200, runningNs: 50)),
    CounterReading(
      event: "instructions", quantity: .instructions,
      total: .unavailable("this machine has no hardware counters")),
  ]

  static func launch(_ op: String, _ variant: String, step: Int, layer: Int) -> LaunchRecord {
    LaunchRecord(
      op: op, variant: variant, step: step, layer: layer, enqueueNs: 10, firstStartNs: 11,
      lastStartNs: 12, firstEndNs: 13, lastEndNs: 13, endNs: 14 + step)
  }

  static func event(run: String? = "run-1") -> EventRecord {
    EventRecord(
      sweepID: "sweep-1", runID: run, at: "2026-11-21T09:00:03.000Z", kind: "warning",
      message: "governor is 'powersave'")
  }

  /// A store with one finished run of three samples and two equal events.
  static func fill(_ store: ResultStore, sweep sweepID: String = "sweep-1") throws {
    try store.begin(sweep(sweepID))
    var run = run("run-of-\(sweepID)", sweep: sweepID)
    try store.begin(run)
    for index in 0..<3 { try store.append(sample(index, run: run.id)) }
    run.status = .completed
    run.reason = "interval narrow enough"
    run.finishedAt = "2026-11-21T09:00:11.500Z"
    run.facts = ["model.type": "llama 1.1B Q4_0", "synthetic": true, "model.params": 1_100_000_000]
    run.stderrTail = "warning: größe\n"
    try store.finish(run)
    for _ in 0..<2 {
      var event = event(run: run.id)
      event.sweepID = sweepID
      try store.append(event)
    }
  }
}
