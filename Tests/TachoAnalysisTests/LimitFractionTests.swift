// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

@Suite("Rates against the limits measured in their sweep")
struct LimitFractionTests {
  private let machine = MachineRecord(name: "box", facts: [:])

  private static func missing(_ kind: String, _ threads: Int) -> Reading {
    .unavailable(
      "no \(kind) benchmark with \(threads) thread\(threads == 1 ? "" : "s") in this sweep, and this "
        + "machine is not calibrated: tacho calibrate")
  }

  private func run(
    _ id: String, kind: String, op: String? = nil, threads: Int, workingSet: Int = 0,
    status: RunStatus = .completed, launch: Int = 0, arithmetic: String? = nil, flops: Bool = false,
    isa: String? = nil, rates: [Reading]
  ) -> ResultSet.Run {
    var configuration = Configuration(["engine.threads": .int(threads)])
    configuration["kernel.op"] = op.map { .string($0) }
    configuration["engine.isa"] = isa.map { .string($0) }
    var facts: [String: ConfigurationValue] = [
      "engine.threads": .int(threads), "kernel.read_bytes": .int(workingSet),
    ]
    facts["kernel.arithmetic"] = arithmetic.map { .string($0) }
    let metric =
      flops
      ? KernelFlopsPerSecond.metric
      : kind == "kernel" ? KernelBytesPerSecond.metric : DecodeBytesPerSecond.metric
    let record = RunRecord(
      id: id, sweepID: "s",
      point: Point(
        benchmark: kind, kind: kind, configuration: configuration, axes: ["engine.threads"]),
      launch: launch, order: 0, startedAt: "", status: status, facts: facts)
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

  private func fractions(
    _ sweep: ResultSet.Sweep, _ run: String, _ fraction: LimitFraction = .decodeBandwidth
  ) -> [Reading] {
    LimitFraction.adding(to: sweep).runs.filter { $0.record.id == run }
      .flatMap(\.samples).flatMap(\.measurements)
      .filter { $0.metric == fraction.metric }.map(\.reading)
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
      fractions(sweep, "d2") == [Self.missing("read", 2)])
    #expect(fractions(sweep, "r1").isEmpty)
    #expect(fractions(sweep, "g2").isEmpty)
    #expect(
      fractions(sweep, "g2", .kernelBandwidth)
        == [Self.missing("read", 2)])
    #expect(fractions(sweep, "r1", .kernelBandwidth).isEmpty)
  }

  @Test("A kernel is held against the fastest peak of its arithmetic")
  func peak() {
    func kernel(_ id: String, _ arithmetic: String?, _ rates: [Double], threads: Int = 2)
      -> ResultSet.Run
    {
      run(
        id, kind: "kernel", op: "gemm", threads: threads, arithmetic: arithmetic, flops: true,
        rates: rates.map { .value($0) })
    }
    func peak(_ arithmetic: String, _ isa: String, _ rates: [Double]) -> ResultSet.Run {
      run(
        arithmetic + isa, kind: "kernel", op: "peak", threads: 2, arithmetic: arithmetic,
        flops: true, isa: isa, rates: rates.map { .value($0) })
    }
    let sweep = sweep([
      kernel("i", "int8", [1e12, 2e12]), kernel("f", "f32", [5e10]), kernel("b", "bf16", [1]),
      kernel("one", "int8", [1e12], threads: 1), kernel("old", nil, [1]),
      peak("int8", "avx512", [1e12]), peak("int8", "amx", [4e12, 5e12, 3e12]),
      peak("f32", "avx512", [1e11]),
    ])
    #expect(fractions(sweep, "i", .kernelPeak) == [.value(0.25), .value(0.5)])
    #expect(fractions(sweep, "f", .kernelPeak) == [.value(0.5)])
    #expect(
      fractions(sweep, "b", .kernelPeak)
        == [Self.missing("bf16 peak", 2)])
    #expect(
      fractions(sweep, "one", .kernelPeak)
        == [Self.missing("int8 peak", 1)])
    #expect(
      fractions(sweep, "old", .kernelPeak)
        == [.unavailable("the worker did not say in which arithmetic it multiplies")])
    #expect(fractions(sweep, "int8amx", .kernelPeak).isEmpty)
  }

  @Test("A launch is held against the limit of its own block, else of all blocks")
  func blocks() {
    let sweep = sweep([
      run("r0", kind: "kernel", op: "read", threads: 1, launch: 0, rates: [.value(1e10)]),
      run("r1", kind: "kernel", op: "read", threads: 1, launch: 1, rates: [.value(2e10)]),
      run("d0", kind: "generate", threads: 1, launch: 0, rates: [.value(5e9)]),
      run("d1", kind: "generate", threads: 1, launch: 1, rates: [.value(5e9)]),
      run("d2", kind: "generate", threads: 1, launch: 2, rates: [.value(6e9)]),
    ])
    #expect(fractions(sweep, "d0") == [.value(0.5)])
    #expect(fractions(sweep, "d1") == [.value(0.25)])
    #expect(fractions(sweep, "d2") == [.value(0.4)])
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
    #expect(fractions(plain, "d") == [Self.missing("read", 1)])
    var own = run("d", kind: "generate", threads: 1, rates: [.value(5e9)])
    own.samples[0].measurements.append(
      Measurement(LimitFraction.decodeBandwidth.metric, .value(0.9)))
    let both = sweep([own, run("r", kind: "kernel", op: "read", threads: 1, rates: [.value(1e10)])])
    #expect(fractions(both, "d") == [.value(0.9)])
  }

  /// A sweep that measured 10 GB/s, 1 TFLOP/s in int8 and 2 us for a launch, with one thread.
  private func calibration(remarks: [String] = []) -> Calibration {
    let sweep = sweep([
      run("r", kind: "kernel", op: "read", threads: 1, workingSet: 1 << 30, rates: [.value(1e10)]),
      run(
        "p", kind: "kernel", op: "peak", threads: 1, arithmetic: "int8", flops: true,
        rates: [.value(1e12)]),
    ])
    return Calibration(limits: sweep, remarks: remarks)
  }

  @Test("What the sweep lacks comes from the machine's calibration, its own goes first")
  func calibrated() {
    var bare = sweep([
      run("d", kind: "generate", threads: 1, rates: [.value(5e9)]),
      run("two", kind: "generate", threads: 2, rates: [.value(5e9)]),
    ])
    bare.calibration = calibration(remarks: ["a quick one"])
    #expect(fractions(bare, "d") == [.value(0.5)])
    let reason =
      "no read benchmark with 2 threads in this sweep, nor in the calibration of  (a quick one)"
    #expect(fractions(bare, "two") == [.unavailable(reason)])
    var own = sweep([
      run("d", kind: "generate", threads: 1, rates: [.value(5e9)]),
      run("own", kind: "kernel", op: "read", threads: 1, rates: [.value(2e10)]),
    ])
    own.calibration = calibration()
    #expect(fractions(own, "d") == [.value(0.25)])
  }

  @Test("Areas of a thread's own show caches, which nothing is held against")
  func cachesAreNoLimit() {
    var cached = run(
      "l1", kind: "kernel", op: "read", threads: 1, workingSet: 1 << 40, rates: [.value(1e12)])
    cached.record.point.configuration["kernel.thread_kib"] = 24
    let both = sweep([
      cached, run("r", kind: "kernel", op: "read", threads: 1, rates: [.value(1e10)]),
      run("d", kind: "generate", threads: 1, rates: [.value(5e9)]),
    ])
    #expect(fractions(both, "d") == [.value(0.5)])
  }

  @Test("MFU and the attainable share come from declared work, worked out by hand")
  func modelUtilisation() throws {
    func model(_ id: String, prompt: Int?, output: Int?, seconds: Double) -> ResultSet.Run {
      var run = run(id, kind: "generate", threads: 1, rates: [.value(1)])
      run.record.facts["engine.arithmetic"] = "int8"
      run.samples[0].measurements = []
      var observation = Observation(startNs: 0, endNs: Int(seconds * 1e9))
      observation.promptTokens = prompt
      observation.outputTokens = output
      // 1 TFLOP takes 1 s at the peak; 8 GB and 1 GB of KV take 0.9 s.
      observation.flops = 1e12
      observation.weightBytes = 8e9
      observation.kvBytes = 1e9
      observation.activationBytes = 5e12
      run.samples[0].observation = observation
      return run
    }
    var bare = sweep([
      model("p", prompt: 10, output: nil, seconds: 2),
      model("d", prompt: nil, output: 4, seconds: 4),
    ])
    bare.calibration = calibration()
    #expect(fractions(bare, "p", .prefillPeak) == [.value(0.5)])
    #expect(fractions(bare, "p", .prefillAttainable) == [.value(0.5)])
    #expect(fractions(bare, "p", .decodePeak).isEmpty)
    #expect(fractions(bare, "d", .decodePeak) == [.value(0.25)])
    #expect(fractions(bare, "d", .decodeAttainable) == [.value(0.25)])
    let bounds = PointBound.byRun(of: bare)
    // Half of what the peak allows; a quarter is far below both limits. 1e12 / 9e9 operations a byte.
    #expect(bounds["p"]?.bound == .compute && bounds["d"]?.bound == .latency)
    #expect(try #require(bounds["p"]?.intensity) == 1e12 / 9e9)
    bare.calibration = nil
    #expect(PointBound.byRun(of: bare).isEmpty)
  }

  @Test("A kernel's attainable share is the larger of its shares, and short calls are launches")
  func kernelBound() throws {
    func kernel(_ id: String, seconds: Double, calls: Int) -> ResultSet.Run {
      var run = run(
        id, kind: "kernel", op: "gemv", threads: 1, arithmetic: "int8", rates: [.value(1)])
      var observation = Observation(startNs: 0, endNs: Int(seconds * 1e9))
      observation.iterations = calls
      observation.flops = 1e9 * Double(calls)
      observation.weightBytes = 1e8 * Double(calls)
      run.samples[0].observation = observation
      return run
    }
    func null(_ seconds: Double) -> ResultSet.Run {
      var run = run("n", kind: "kernel", op: "null", threads: 1, rates: [.value(1)])
      run.samples[0].measurements = [Measurement(KernelSeconds.metric, .value(seconds))]
      return run
    }
    // 100 MB take 10 ms, 1 GFLOP 1 ms; a call takes 20 ms.
    var slow = sweep([kernel("k", seconds: 0.2, calls: 10), null(1e-6)])
    slow.calibration = calibration()
    #expect(fractions(slow, "k", .kernelAttainable) == [.value(0.5)])
    #expect(PointBound.byRun(of: slow)["k"]?.bound == .memory)
    var short = sweep([kernel("k", seconds: 0.2, calls: 10), null(2.1e-3)])
    short.calibration = calibration()
    #expect(PointBound.byRun(of: short)["k"]?.bound == .launch)
    #expect(PointBound.byRun(of: short)["n"] == nil)
  }
}
