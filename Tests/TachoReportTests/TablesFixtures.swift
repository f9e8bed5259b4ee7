// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// A small sweep with a swept benchmark, a failed point, a skipped one and missing values.
enum TablesFixtures {
  static let decode = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition: "Output tokens over seconds.")
  static let bandwidth = Metric(
    id: "kernel/bytes-per-second", unit: .bytesPerSecond, better: .higher,
    definition: "Bytes over seconds.")
  static let first = Metric(
    id: "latency/ttft", unit: .seconds, better: .lower, definition: "First token.")

  static let sweep = SweepRecord(
    id: "s1", suite: "spine", planHash: "p1", suiteText: "suite: spine\n",
    command: "tacho run spine.yaml", startedAt: "2026-11-21T09:00:00.000Z",
    machine: MachineRecord(
      name: "box", facts: ["cpu.model": "AMD \"EPYC\", 2.5 GHz", "cpu.cores": 2]),
    build: BuildRecord(
      facts: ["version": "0.1", "git.revision": "0123456789abcdef", "build.number": 42]))

  static func point(_ format: String, threads: Int) -> Point {
    Point(
      benchmark: "decode", kind: "generate",
      configuration: Configuration([
        "weights.format": .string(format), "engine.threads": .int(threads),
        "workload.prompt_tokens": 0, "workload.output_tokens": 128, "workload.depth": 2048,
      ]), axes: ["weights.format", "engine.threads"])
  }

  static func run(
    _ id: String, _ point: Point, launch: Int = 0, order: Int, rates: [Double],
    status: RunStatus = .completed, reason: String? = "enough samples", synthetic: Bool = true
  ) -> ResultSet.Run {
    let record = RunRecord(
      id: id, sweepID: "s1", point: point, launch: launch, order: order,
      startedAt: "2026-11-21T09:00:0\(order).250Z", status: status, reason: reason,
      facts: [
        "model.synthetic": .bool(synthetic), "model.type": "llama 1.1B Q4_0",
        "model.filename": "models/tiny.gguf", "model.size": 637_699_456,
        "model.params": 1_100_048_384,
      ])
    let samples = rates.enumerated().map { index, rate in
      var observation = Observation(startNs: 0, endNs: Int((128e9 / rate).rounded()))
      observation.outputTokens = 128
      return SampleRecord(
        runID: id, index: index, warmup: index == 0, startedAt: "2026-11-21T09:00:02.000Z",
        observation: observation,
        measurements: [
          Measurement(SampleSeconds.metric, .value(observation.seconds)),
          Measurement(decode, .value(rate)),
          Measurement(
            first, order == 1 ? .unavailable("no request was made") : .value(0.0125 + rate * 1e-6)),
        ])
    }
    return ResultSet.Run(record: record, samples: samples)
  }

  /// The first rate of each run is warm-up.
  static let results = ResultSet(sweeps: [
    ResultSet.Sweep(
      record: sweep,
      runs: [
        run("r0", point("q4_0", threads: 1), order: 0, rates: [5, 20, 21, 22, 21, 20]),
        run(
          "r1", point("q4_0", threads: 2), order: 1, rates: [5, 38, 40, 39, 41, 40]),
        run(
          "r2", point("q8_0", threads: 1), order: 2, rates: [], status: .interrupted,
          reason: "its process ended before the run did"),
        run(
          "r3", point("q8_0", threads: 1), order: 3, rates: [5, 12], synthetic: false),
        run(
          "r4", point("q8_0", threads: 2), order: 4, rates: [], status: .crashed,
          reason: "SIGILL: the kernel 'avx512 | vnni' is not for this CPU,\nuse engine.isa: avx2"),
      ],
      events: [
        EventRecord(
          sweepID: "s1", runID: "r4", at: "2026-11-21T09:00:09.000Z", kind: "crash",
          message: "worker 17, \"signal 4\"")
      ])
  ])
}
