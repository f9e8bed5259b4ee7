// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// Seeded numbers for made-up results (SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A factor near 1.
  mutating func noise(_ width: Double) -> Double {
    1 + Double.random(in: -width...width, using: &self)
  }
}

/// Made-up results of the shapes that real sweeps have.
enum ReportFixture {
  static let decode = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition: "Generated tokens over the time from the first to the last.")
  static let prefill = Metric(
    id: "prefill/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition: "Prompt tokens over the time to process them.")
  static let bytes = Metric(
    id: "kernel/bytes-per-second", unit: .bytesPerSecond, better: .higher,
    definition: "Minimum bytes moved over the time of one call.")
  static let fraction = Metric(
    id: "kernel/fraction-of-read-bandwidth", unit: .ratio, better: .higher,
    definition: "Bytes per second over the machine's measured read bandwidth.")
  static let seconds = SampleSeconds.metric

  static func machine(_ name: String = "bench-01") -> MachineRecord {
    MachineRecord(
      name: name,
      facts: [
        "cpu.model": .string("Example CPU 9000 (\(name))"), "cpu.cores": 16,
        "memory.bytes": .int(68_719_476_736), "os.name": "Debian GNU/Linux 12",
        "kernel.release": "6.1.0-18-amd64", "cpu.isa": ["avx2", "fma", "avx512vnni"],
      ])
  }

  static func build(_ revision: String = "3f2a9c1d8e77") -> BuildRecord {
    BuildRecord(facts: [
      "version": "0.1.0", "git.revision": .string(revision), "compiler": "Swift 6.3.1",
      "flags": "-O -cross-module-optimization", "configuration": "release",
    ])
  }

  static func sweep(
    _ id: String = "sweep-1", machine: MachineRecord = machine(), build: BuildRecord = build(),
    runs: [ResultSet.Run], events: [EventRecord] = [], suiteText: String = "name: quickstart\n"
  ) -> ResultSet.Sweep {
    ResultSet.Sweep(
      record: SweepRecord(
        id: id, suite: "quickstart", planHash: "b1946ac92492d234", suiteText: suiteText,
        command: "tacho run suites/quickstart.yaml --store results.sqlite",
        startedAt: "2026-03-01T10:00:00Z", machine: machine, build: build),
      runs: runs, events: events)
  }

  static func run(
    sweep: String = "sweep-1", order: Int, benchmark: String = "generate",
    kind: String = "generate", axes: [(String, ConfigurationValue)],
    values: [(Metric, [Reading])], warmups: Int = 1, status: RunStatus = .completed,
    reason: String? = "interval narrow enough", facts: [String: ConfigurationValue] = [:],
    flagged: Set<Int> = []
  ) -> ResultSet.Run {
    let point = Point(
      benchmark: benchmark, kind: kind,
      configuration: Configuration(Dictionary(axes, uniquingKeysWith: { $1 })),
      axes: axes.map(\.0))
    let id = "\(sweep)-run-\(order)"
    let record = RunRecord(
      id: id, sweepID: sweep, point: point, launch: 0, order: order,
      startedAt: "2026-03-01T10:00:01Z", status: status, reason: reason, facts: facts)
    let count = values.map(\.1.count).max() ?? 0
    let samples = (0..<count).map { index in
      SampleRecord(
        runID: id, index: index, warmup: index < warmups, startedAt: "2026-03-01T10:00:02Z",
        observation: Observation(startNs: 0, endNs: 1_000_000),
        measurements: values.compactMap { metric, readings in
          index < readings.count ? Measurement(metric, readings[index]) : nil
        }, flag: flagged.contains(index) ? "steal time 12%" : nil)
    }
    return ResultSet.Run(record: record, samples: samples)
  }

  /// Threads x weight formats x depths of a generate benchmark, with one failed point.
  static func generateRuns(
    sweep: String = "sweep-1", speed: Double = 1, dice: inout Dice
  ) -> [ResultSet.Run] {
    var runs: [ResultSet.Run] = []
    let formats: [(String, Double)] = [("q4_0", 1.7), ("q8_0", 1), ("f16", 0.55), ("q4_K", 1.6)]
    for (format, factor) in formats {
      for threads in [1, 2, 4, 8, 16] {
        for depth in [0, 512, 2048] {
          let threadSpeed = Double(threads) / (1 + 0.12 * Double(threads))
          let rate = 12 * speed * factor * threadSpeed / (1 + Double(depth) / 6000)
          let failed = format == "f16" && threads == 16 && depth == 2048
          let noise = threads == 16 ? 0.06 : 0.012
          let readings = (0..<(failed ? 0 : 9)).map { index in
            Reading.value(rate * dice.noise(noise) * (index == 0 ? 0.9 : 1))
          }
          runs.append(
            run(
              sweep: sweep, order: runs.count,
              axes: [
                ("weights.format", .string(format)), ("engine.threads", .int(threads)),
                ("prompt.depth", .int(depth)),
              ],
              values: failed
                ? [] : [(decode, readings), (seconds, readings.map { inverse($0, 128) })],
              status: failed ? .outOfMemory : .completed,
              reason: failed
                ? "the worker exceeded its memory cap of 2 GiB" : "interval narrow enough",
              facts: ["model.synthetic": true], flagged: threads == 16 ? [3] : []))
        }
      }
    }
    return runs
  }

  static func kernelRuns(sweep: String = "sweep-1", dice: inout Dice) -> [ResultSet.Run] {
    var runs: [ResultSet.Run] = []
    for (variant, rate) in [("scalar", 2.1e9), ("avx2", 1.9e10), ("avx512-vnni", 2.2e10)] {
      for op in ["gemv_q4_0", "gemv_q8_0", "rmsnorm_f32_with_a_rather_long_name_to_fit"] {
        let readings = (0..<7).map { _ in Reading.value(rate * dice.noise(0.02)) }
        runs.append(
          run(
            sweep: sweep, order: 1000 + runs.count, benchmark: "kernels", kind: "kernel",
            axes: [("kernel.variant", .string(variant)), ("kernel.op", .string(op))],
            values: [
              (bytes, readings),
              (fraction, readings.map { .value(($0.number ?? 0) / 2.6e10) }),
            ]))
      }
    }
    return runs
  }

  static func inverse(_ reading: Reading, _ tokens: Double) -> Reading {
    reading.number.map { .value(tokens / $0) } ?? reading
  }

  /// One sweep with everything that a report shows.
  static func full() -> ResultSet {
    var dice = Dice(seed: 7)
    var runs = generateRuns(dice: &dice) + kernelRuns(dice: &dice)
    runs[0].record.stderrTail = nil
    if let failed = runs.firstIndex(where: { $0.record.status == .outOfMemory }) {
      runs[failed].record.stderrTail = "mmap: cannot allocate memory\nkilled"
    }
    return ResultSet(sweeps: [
      sweep(
        runs: runs,
        events: [
          EventRecord(
            sweepID: "sweep-1", at: "2026-03-01T10:07:00Z", kind: "worker-killed",
            message: "memory cap of 2 GiB exceeded")
        ],
        suiteText: "name: quickstart\nbenchmarks:\n  - name: generate\n    kind: generate\n")
    ])
  }

  /// The same generate benchmark on two machines.
  static func twoMachines() -> ResultSet {
    var dice = Dice(seed: 8)
    return ResultSet(sweeps: [
      sweep(runs: generateRuns(dice: &dice)),
      sweep(
        "sweep-2", machine: machine("bench-02"),
        runs: generateRuns(sweep: "sweep-2", speed: 1.4, dice: &dice)),
    ])
  }
}
