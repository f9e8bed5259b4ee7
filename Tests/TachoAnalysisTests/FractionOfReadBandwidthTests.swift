// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

@Suite("Decode against the read bandwidth of its sweep")
struct FractionOfReadBandwidthTests {
  private let machine = MachineRecord(name: "box", facts: [:])

  private func run(
    _ id: String, kind: String, op: String? = nil, threads: Int, workingSet: Int = 0,
    status: RunStatus = .completed, rates: [Reading]
  ) -> ResultSet.Run {
    var configuration = Configuration(["engine.threads": .int(threads)])
    configuration["kernel.op"] = op.map { .string($0) }
    let metric = kind == "kernel" ? KernelBytesPerSecond.metric : DecodeBytesPerSecond.metric
    let record = RunRecord(
      id: id, sweepID: "s",
      point: Point(
        benchmark: kind, kind: kind, configuration: configuration, axes: ["engine.threads"]),
      launch: 0, order: 0, startedAt: "", status: status,
      facts: ["engine.threads": .int(threads), "kernel.read_bytes": .int(workingSet)])
    let samples = rates.enumerated().map { index, rate in
      SampleRecord(
        runID: id, index: index, warmup: false, startedAt: "",
        observation: Observation(startNs: 0, endNs: 1),
        measurements: [Measurement(metric, rate)])
    }
    return ResultSet.Run(record: record, samples: samples)
  }

  private func sweep(_ runs: [ResultSet.Run]) -> ResultSet.Sweep {
    ResultSet.Sweep(
      record: SweepRecord(
        id: "s", suite: "s", planHash: "", suiteText: "", command: "", startedAt: "",
        machine: machine, build: BuildRecord(facts: [:])),
      runs: runs, events: [])
  }

  private func fractions(_ sweep: ResultSet.Sweep, _ run: String) -> [Reading] {
    FractionOfReadBandwidth.adding(to: sweep).runs.filter { $0.record.id == run }
      .flatMap(\.samples).flatMap(\.measurements)
      .filter { $0.metric == FractionOfReadBandwidth.metric }.map(\.reading)
  }

  @Test("The median of the read kernel with as many threads is the whole")
  func fraction() {
    let sweep = sweep([
      run("d1", kind: "generate", threads: 1, rates: [.value(5e9), .value(6e9)]),
      run("d2", kind: "generate", threads: 2, rates: [.value(9e9)]),
      run(
        "r1", kind: "kernel", op: "read", threads: 1, rates: [1e10, 1.2e10, 9e9].map { .value($0) }),
      run("g2", kind: "kernel", op: "gemv", threads: 2, rates: [.value(1e10)]),
    ])
    #expect(fractions(sweep, "d1") == [.value(0.5), .value(0.6)])
    #expect(
      fractions(sweep, "d2") == [.unavailable("no read benchmark with 2 threads in this sweep")])
    #expect(fractions(sweep, "r1").isEmpty)
    #expect(fractions(sweep, "g2").isEmpty)
  }

  @Test("The largest working set counts, failed runs do not, and missing rates stay missing")
  func choice() {
    let sweep = sweep([
      run("d", kind: "generate", threads: 2, rates: [.value(5e9), .unavailable("no traffic")]),
      run(
        "small", kind: "kernel", op: "read", threads: 2, workingSet: 1 << 20, rates: [.value(8e10)]),
      run(
        "large", kind: "kernel", op: "read", threads: 2, workingSet: 1 << 30, rates: [.value(2e10)]),
      run(
        "broken", kind: "kernel", op: "read", threads: 2, workingSet: 1 << 31, status: .crashed,
        rates: [.value(1)]),
    ])
    #expect(fractions(sweep, "d") == [.value(0.25), .unavailable("no traffic")])
  }

  @Test("A sweep without a read kernel, and a worker's own value, stay as they are")
  func untouched() {
    let plain = sweep([run("d", kind: "generate", threads: 1, rates: [.value(5e9)])])
    #expect(fractions(plain, "d").isEmpty)
    var own = run("d", kind: "generate", threads: 1, rates: [.value(5e9)])
    own.samples[0].measurements.append(
      Measurement(FractionOfReadBandwidth.metric, .value(0.9)))
    let both = sweep([own, run("r", kind: "kernel", op: "read", threads: 1, rates: [.value(1e10)])])
    #expect(fractions(both, "d") == [.value(0.9)])
  }
}
