// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoReport
import Testing

/// A calibration as it is printed, and what tables and reports make of one.
@Suite struct CalibrationTests {
  static let machine = MachineRecord(name: "box", facts: ["cpu.model": "Imaginary 9000"])

  static func run(
    _ benchmark: String, _ settings: [String: ConfigurationValue], kind: String = "kernel",
    metrics: [(Metric, [Double])], facts: [String: ConfigurationValue] = [:],
    status: RunStatus = .completed, reason: String? = "enough",
    change: (inout Observation) -> Void = { _ in }
  ) -> ResultSet.Run {
    let point = Point(
      benchmark: benchmark, kind: kind, configuration: Configuration(settings),
      axes: ["engine.threads"])
    let id = "\(benchmark) \(point.id)"
    let count = metrics.map(\.1.count).max() ?? 0
    return ResultSet.Run(
      record: RunRecord(
        id: id, sweepID: "c", point: point, launch: 0, order: 0, startedAt: "", status: status,
        reason: reason, facts: facts),
      samples: (0..<count).map { index in
        var observation = Observation(startNs: 0, endNs: 20_000_000)
        change(&observation)
        return SampleRecord(
          runID: id, index: index, warmup: false, startedAt: "", observation: observation,
          measurements: metrics.map { Measurement($0.0, .value($0.1[index])) })
      })
  }

  static func sweep(_ runs: [ResultSet.Run], suite: String = "calibrate") -> ResultSet.Sweep {
    ResultSet.Sweep(
      record: SweepRecord(
        id: "c", suite: suite, planHash: "", suiteText: "", command: "tacho calibrate",
        startedAt: "2026-11-21T09:00:00.000Z", machine: machine, build: BuildRecord(facts: [:])),
      runs: runs,
      events: [
        EventRecord(sweepID: "c", at: "", kind: "conditions", message: #"{"load":1}"#)
      ])
  }

  static let calibration: ResultSet.Sweep = {
    func read(_ threads: Int, _ rate: Double) -> ResultSet.Run {
      run(
        "read-memory",
        ["kernel.op": "read", "kernel.working_set_mib": 1040, "engine.threads": .int(threads)],
        metrics: [
          (KernelBytesPerSecond.metric, [rate * 0.99, rate, rate, rate, rate * 1.01])
        ], facts: ["engine.threads": .int(threads), "kernel.read_bytes": 1_090_519_040])
    }
    return sweep([
      read(1, 18e9), read(2, 34e9),
      run(
        "read-l1", ["kernel.op": "read", "kernel.thread_kib": 24, "engine.threads": 1],
        metrics: [(KernelBytesPerSecond.metric, [174e9, 175e9, 176e9])]),
      run(
        "copy-stream-memory",
        ["kernel.op": "copy_stream", "kernel.working_set_mib": 1040, "engine.threads": 2],
        metrics: [(KernelBytesPerSecond.metric, [40e9, 40e9, 40e9])]),
      run(
        "latency-l2", ["kernel.op": "chase", "kernel.thread_kib": 1024, "engine.threads": 1],
        metrics: [(KernelSeconds.metric, [5e-9, 5e-9, 5e-9])]),
      run(
        "peak-int8",
        [
          "kernel.op": "peak", "kernel.arithmetic": "int8", "engine.isa": "amx",
          "engine.threads": 1,
        ], metrics: [(KernelFlopsPerSecond.metric, [4.7e12, 4.7e12, 4.7e12])],
        facts: ["kernel.arithmetic": "int8", "engine.threads": 1]),
      run(
        "clock", ["kernel.op": "clock", "engine.threads": 1],
        metrics: [(KernelSeconds.metric, [25e-9, 25e-9, 25e-9])],
        facts: ["clock.resolution_ns": 1]),
      run(
        "empty", [:], kind: "empty",
        metrics: [
          (SampleSeconds.metric, [5e-7, 5e-7, 5e-7]),
          (SampleOverheadSeconds.metric, [6e-5, 6e-5, 6e-5]),
        ]),
      run(
        "wake", ["kernel.op": "wake", "engine.threads": 2], metrics: [], status: .crashed,
        reason: "signal 11"),
    ])
  }()

  @Test func everyFigureStandsInItsPlace() throws {
    let text = CalibrationTable.render(Self.calibration, omissions: ["L3: too small"])
    let lines = text.split(separator: "\n").map(String.init)
    func line(_ words: String) throws -> String {
      try #require(lines.first { $0.contains(words) }, "\(words) in \(text)")
    }
    #expect(lines[0].hasPrefix("Imaginary 9000, box, fingerprint \(Self.machine.id)"))
    let memory = try line("memory, 1040 MiB  ")
    #expect(memory.contains("18.00 ± ") && memory.contains("34.0") && memory.hasSuffix("GB/s"))
    #expect(try line("L1, 24 KiB a thread").contains("175.0 ± 1.0 GB/s"))
    #expect(try line("memory, 1040 MiB, past the caches").hasSuffix("40.00 GB/s") == false)
    #expect(try line("L2, 1024 KiB a thread").contains("5.000 ± 0.000 ns"))
    #expect(try line("int8, amx").contains("4.700 ± 0.000 TFLOP/s"))
    #expect(try line("reading the clock (resolution 1 ns)").contains("25.00 ± 0.00 ns"))
    #expect(try line("asking for a sample (protocol)").contains("60.00 ± 0.00 µs"))
    #expect(try line("no L3") == "no L3: too small")
    #expect(try line("no wake").hasSuffix("signal 11"))
    #expect(try line("medians with half").contains("of 3 to 5 samples in 1 process each"))
    // Sections in order, and two columns of thread counts.
    let titles = ["Read bandwidth", "Copy bandwidth", "Latency", "Peak", "Costs"]
    let places = titles.compactMap { title in lines.firstIndex { $0.hasPrefix(title) } }
    #expect(places.count == 5 && places == places.sorted())
    #expect(lines.contains { $0.contains("1 thread") && $0.contains("2 threads") })
  }

  @Test func jsonHasCountsIntervalsAndConditions() throws {
    let text = try CalibrationJSON.render(Self.calibration)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["conditions"] as? String == #"{"load":1}"#)
    let figures = try #require(object["figures"] as? [[String: Any]])
    #expect(figures.count == 9)
    let read = try #require(
      figures.first { $0["threads"] as? Int == 2 && $0["section"] as? String == "Read bandwidth" })
    #expect(read["n"] as? Int == 5 && read["median"] as? Double == 34e9)
    #expect(read["ci_low"] as? Double ?? 0 >= 33e9 && read["processes"] as? Int == 1)
    #expect((object["omitted"] as? [String])?.count == 1)
  }

  /// A kernel that reads 100 MB in 10 ms, held against a calibration of 18 GB/s and 4.7 TFLOP/s.
  private static func results(calibrated: Bool) -> ResultSet {
    var measured = sweep(
      [
        run(
          "gemv", ["kernel.op": "gemv", "engine.threads": 1],
          metrics: [(KernelBytesPerSecond.metric, [1e10, 1e10, 1e10])],
          facts: ["kernel.arithmetic": "int8", "engine.threads": 1]
        ) {
          $0.iterations = 2
          $0.weightBytes = 2e8
          $0.flops = 4e8
        }
      ], suite: "kernels")
    if calibrated {
      measured.calibration = Calibration(limits: calibration, remarks: ["a quick one"])
    }
    return ResultSet(sweeps: [measured])
  }

  @Test func tablesSayWhatBindsAndWhoseTheLimitsAre() {
    let with = TerminalTable.render(Self.results(calibrated: true), TableOptions())
    // 10 of 18 GB/s.
    #expect(with.contains("bound") && with.contains("memory") && with.contains("0.5556"), "\(with)")
    #expect(
      with.contains(
        "limits not measured in this sweep are those of the calibration of 2026-11-21 (a quick one)"
      ), "\(with)")
    let without = TerminalTable.render(Self.results(calibrated: false), TableOptions())
    #expect(!without.contains("bound") && !without.contains("calibration"), "\(without)")
    // Where there is no room the remark goes first.
    let narrow = TerminalTable.render(Self.results(calibrated: true), TableOptions(width: 60))
    #expect(narrow.contains("not shown for lack of width:") && narrow.contains("bound"))
  }

  @Test func theReportShowsThemToo() {
    let html = HTMLReport(results: Self.results(calibrated: true), title: "t").render()
    #expect(html.contains(">bound</th>") && html.contains(">memory</td>"))
    #expect(html.contains("those of the calibration of 2026-11-21 (a quick one)"))
    #expect(html.contains("kernel/fraction-of-attainable"))
    let bare = HTMLReport(results: Self.results(calibrated: false), title: "t").render()
    #expect(!bare.contains(">bound</th>") && bare.contains("not calibrated: tacho calibrate"))
  }
}
