// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels
import TachoPlan
import TachoRecord
import TachoWorkloads
import Testing

/// Every operation runs with every format, is right, and declares its work.
@Suite struct KernelWorkloadTests {
  private func prepare(_ settings: [String: ConfigurationValue]) throws -> any Workload {
    try Workloads.prepare(
      kind: "kernel",
      Configuration(["engine.threads": 2, "kernel.rows": 70, "kernel.columns": 256]).merging(
        Configuration(settings)))
  }

  @Test(arguments: ElementType.allCases)
  func productsOfEveryFormat(_ type: ElementType) throws {
    for (op, batch) in [("gemv", 1), ("gemm", 20)] {
      let workload = try prepare([
        "kernel.op": .string(op), "kernel.format": .string(type.name), "kernel.batch": .int(batch),
      ])
      let sample = try workload.sample(seed: 1)
      #expect(try #require(sample.referenceError) < 1e-5, "\(op) \(type.name)")
      let count = Double(try #require(sample.iterations))
      #expect(sample.flops == count * 2 * 70 * 256 * Double(batch))
      #expect(sample.weightBytes == count * Double(type.bytes(for: 256) * 70))
      #expect(sample.activationBytes == count * Double(4 * batch * (70 + 256)))
      #expect(sample.seconds > 0.001)
      #expect(workload.facts["kernel.iterations"] == .int(Int(count)))
    }
  }

  @Test(arguments: ["f32", "q8"], ISA.runnable)
  func activationsAndInstructionSets(_ activations: String, _ isa: ISA) throws {
    let sample = try prepare([
      "kernel.format": "q4_k", "engine.activations": .string(activations),
      "engine.isa": .string(isa.name), "kernel.batch": 3,
    ]).sample(seed: 1)
    let error = try #require(sample.referenceError)
    #expect(isa == .ref ? error == 0 : error < 1e-5)
  }

  @Test(arguments: KVFormat.allCases)
  func attention(_ format: KVFormat) throws {
    let workload = try prepare([
      "kernel.op": "attention", "kernel.depth": 100, "kernel.batch": 2,
      "kv.format": .string(format.rawValue), "kv.page_tokens": 32,
      "engine.attention_part_tokens": 32,
    ])
    let sample = try workload.sample(seed: 1)
    let count = Double(try #require(sample.iterations))
    #expect(try #require(sample.referenceError) < 1e-5)
    // 100 slots of two sequences; 32 query heads of 64, K and V of 8 heads.
    let bits = ["f32": 32, "f16": 16, "bf16": 16, "q8_0": 8.5, "q4_0": 4.5]
    #expect(sample.flops == count * 4 * 200 * 32 * 64)
    let width = try #require(bits[format.rawValue])
    #expect(sample.kvBytes == count * 200 * 2 * 8 * 64 * width / 8)
  }

  @Test func prefillAttention() throws {
    let workload = try prepare([
      "kernel.op": "attention", "kernel.depth": 70, "kernel.query_rows": 50, "kernel.batch": 2,
      "kernel.heads": 6, "kernel.kv_heads": 2, "kernel.working_set_mib": 1,
    ])
    let sample = try workload.sample(seed: 1)
    let count = Double(try #require(sample.iterations))
    #expect(try #require(sample.referenceError) < 1e-5)
    // Rows see 21 to 70 slots: 2275 in all, for two sequences of 6 heads of 64.
    #expect(sample.flops == count * 4 * 2 * 2275 * 6 * 64)
    // Two pages of 64 tokens, 2 heads, K and V, f16, each for two sequences: 128 KiB a copy.
    #expect(workload.facts["kernel.copies"] == 8)
    #expect(workload.facts["kernel.query_heads_per_kv_head"] == 3)
  }

  @Test func operationsWithoutAResult() throws {
    let cases: [([String: ConfigurationValue], bytes: Double?, flops: Double)] = [
      (["kernel.op": "read", "kernel.working_set_mib": 2], 2 * 1024 * 1024, 0),
      (["kernel.op": "null"], 0, 0),
      (["kernel.op": "quantize", "kernel.batch": 5], 0, 0),
      (["kernel.op": "openblas", "kernel.batch": 5], 4 * 70 * 256, 2 * 70 * 256 * 5),
    ]
    for (settings, bytes, flops) in cases {
      let sample = try prepare(settings).sample(seed: 1)
      let count = Double(try #require(sample.iterations))
      #expect(sample.referenceError == nil)
      #expect(sample.weightBytes == bytes.map { $0 * count }, "\(settings)")
      #expect(sample.flops == flops * count, "\(settings)")
      #expect(sample.seconds > 0, "\(settings)")
    }
  }

  /// 24 KiB for each of two workers, 341 times a chunk (8 MiB), 8 chunks a worker.
  @Test func memoryOfEachThreadsOwn() throws {
    let perRun = Double(24 * 1024 * 341 * 8 * 2)
    let read = try prepare(["kernel.op": "read", "kernel.thread_kib": 24])
    let sample = try read.sample(seed: 1)
    #expect(sample.weightBytes == Double(try #require(sample.iterations)) * perRun)
    #expect(read.facts["kernel.read_bytes"] == .int(2 * 24 * 1024))
    for (op, ownership) in [("copy", 1.5), ("copy_stream", 1)] {
      let copy = try prepare(["kernel.op": .string(op), "kernel.thread_kib": 24])
      let sample = try copy.sample(seed: 1)
      // As many bytes read as written; the read for ownership is told, not counted.
      #expect(sample.activationBytes == Double(try #require(sample.iterations)) * perRun)
      #expect(sample.weightBytes == 0)
      #expect(copy.facts["kernel.bytes_with_ownership_reads"] == .int(Int(perRun * ownership)))
      #expect(copy.facts["kernel.working_set_bytes"] == .int(2 * 24 * 1024))
    }
    let shared = try prepare(["kernel.op": "copy", "kernel.working_set_mib": 3])
    let moved = try shared.sample(seed: 1)
    #expect(moved.activationBytes == Double(try #require(moved.iterations)) * 3 * 1_048_576)
  }

  @Test func whatHasOnlyATime() throws {
    for (settings, calls) in [
      (["kernel.op": "chase", "kernel.thread_kib": 16], 10_000), (["kernel.op": "clock"], 1_000),
      (["kernel.op": "wake"], 1),
    ] as [([String: ConfigurationValue], Int)] {
      let workload = try prepare(settings)
      let sample = try workload.sample(seed: 1)
      let iterations = try #require(sample.iterations)
      #expect(iterations >= calls && iterations % calls == 0, "\(settings)")
      #expect(sample.flops == 0 && sample.activationBytes == 0 && sample.seconds > 0)
      if settings["kernel.op"] == "wake" {
        // The naps of a millisecond each are not counted: waking takes microseconds, were it
        // not for other work on this machine.
        #expect(sample.seconds / Double(iterations) < 0.02)
      }
      if settings["kernel.op"] == "clock" {
        #expect(try #require(workload.facts["clock.resolution_ns"]?.intValue) >= 1)
        #expect(sample.seconds / Double(iterations) < 1e-4)
      }
    }
    do {
      _ = try prepare(["kernel.op": "wake", "engine.threads": 1])
      Issue.record("one thread was woken")
    } catch let error as WorkloadError {
      #expect(error.code == .unsupported && error.message.contains("engine.threads"))
    }
  }

  @Test func anEmptySampleIsAnEmptyRegion() throws {
    let empty = try Workloads.prepare(kind: "empty", Configuration())
    let sample = try empty.sample(seed: 1)
    #expect(sample.mode == .other && sample.seconds < 0.1)
  }

  /// The suite that is written for a machine is one that this program can measure.
  @Test(arguments: [false, true]) func theCalibrationSuiteRuns(quick: Bool) throws {
    let peaks = KernelTable.all.filter { $0.op.hasPrefix("peak_") && $0.isa.isRunnable }
    let suite = CalibrationSuite(
      .init(
        caches: [1: 48 << 10, 2: 2 << 20, 3: 260 << 20], threads: 6, memoryBytes: 24 << 30,
        peaks: peaks.map { .init(arithmetic: String($0.op.dropFirst(5)), isa: $0.isa.name) }),
      quick: quick)
    let plan = try suite.plan(kinds: Workloads.kinds)
    #expect(plan.suite == (quick ? "calibrate-quick" : "calibrate"))
    #expect(plan.points.allSatisfy { $0.skip == nil })
    let threads = quick ? 2 : 4
    // Three levels and memory, two copies, the launch; waking; four latencies; the clock; the harness.
    #expect(
      plan.points.count == 7 * threads + (threads - 1) + 4 + 1 + 1 + 2 * peaks.count,
      "\(plan.points.map(\.point.label))")
  }

  @Test(arguments: PeakKernel.Arithmetic.allCases)
  func peaks(_ arithmetic: PeakKernel.Arithmetic) throws {
    let settings: [String: ConfigurationValue] = [
      "kernel.op": "peak", "kernel.arithmetic": .string(arithmetic.rawValue),
    ]
    // The reference has every arithmetic.
    for isa in ["auto", "ref"] {
      let workload: any Workload
      do {
        workload = try prepare(settings.merging(["engine.isa": .string(isa)]) { $1 })
      } catch let error as KernelError {
        #expect(isa == "auto" && error.code == .unsupportedISA)
        continue
      }
      let kernel = try PeakKernel(arithmetic, isa: isa == "ref" ? .ref : ISA.best)
      let sample = try workload.sample(seed: 1)
      let count = Double(try #require(sample.iterations))
      // Two workers, eight calls each of 2^15 rounds, two operations for a multiply-add.
      #expect(sample.flops == count * 2 * 8 * 2 * Double(kernel.function(1 << 15)))
      #expect(workload.facts["kernel.arithmetic"]?.stringValue == arithmetic.rawValue)
      #expect(workload.facts["kernel.peak_isa"]?.stringValue == kernel.isa.name)
    }
  }

  @Test func saysInWhichArithmeticItMultiplies() throws {
    let cases: [([String: ConfigurationValue], String)] = [
      (["kernel.format": "q4_0"], "int8"), (["kernel.format": "f16"], "f32"),
      (["kernel.format": "q4_0", "engine.activations": "f32"], "f32"),
      (["kernel.op": "attention"], "f32"), (["kernel.op": "openblas"], "f32"),
    ]
    for (settings, expected) in cases {
      #expect(try prepare(settings).facts["kernel.arithmetic"]?.stringValue == expected)
    }
  }

  @Test func openBLASCoreIsChosenBeforeItIsLoaded() throws {
    let wanted = Configuration(["kernel.op": "openblas", "kernel.openblas_coretype": "SkylakeX"])
    #expect(WorkerProgram.environment(for: wanted) == ["OPENBLAS_CORETYPE": "SkylakeX"])
    for other: [String: ConfigurationValue] in [
      ["kernel.op": "openblas", "kernel.openblas_coretype": "auto"], ["kernel.op": "openblas"],
      ["kernel.op": "gemv", "kernel.openblas_coretype": "SkylakeX"],
    ] {
      #expect(WorkerProgram.environment(for: Configuration(other)).isEmpty)
    }
    // This process was started without: a core it did not take is refused, not measured as it.
    do {
      _ = try prepare(["kernel.op": "openblas", "kernel.openblas_coretype": "Sputnik"])
      Issue.record("a core that does not exist was taken")
    } catch let error as WorkloadError {
      #expect(error.code == .unsupported && error.message.contains("Sputnik"))
    }
  }

  @Test func workingSetMakesCopies() throws {
    // 70 rows of 256 in q8_0 are 19,040 bytes: 56 of them reach 1 MiB.
    let workload = try prepare(["kernel.working_set_mib": 1])
    #expect(workload.facts["kernel.weight_copies"] == 56)
    #expect(workload.facts["kernel.weight_bytes"] == 19_040)
    #expect(try prepare([:]).facts["kernel.weight_copies"] == 1)
  }

  @Test func impossibleSettingsSayWhatToChange() {
    let cases: [([String: ConfigurationValue], says: String)] = [
      (["kernel.op": "fft"], "kernel.op"), (["kernel.format": "q9"], "kernel.format"),
      (["kernel.columns": 288, "kernel.format": "q4_k"], "multiple of 256"),
      (["kernel.columns": 100, "kernel.format": "q8_0"], "multiple of 32"),
      (["kernel.columns": 100], "kernel.columns"),
      (["kernel.columns": 100, "kernel.op": "quantize"], "kernel.columns"),
      (["kernel.rows": 0], "kernel.rows"), (["kernel.batch": 5000], "kernel.batch"),
      (["kernel.row": 5], "did you mean 'kernel.rows'"),
      (["kernel.rows": 1_048_576, "kernel.columns": 1_048_576, "kernel.format": "f32"], "64 GiB"),
      (["kernel.op": "openblas", "kernel.rows": 1_048_576, "kernel.columns": 1_048_576], "GiB"),
      (["kernel.op": "attention", "kernel.depth": 1_048_576, "kernel.batch": 4096], "64 GiB"),
      (["kernel.op": "attention", "kernel.heads": 6, "kernel.kv_heads": 4], "multiple of"),
      (["kernel.op": "read", "kernel.thread_kib": 24, "kernel.working_set_mib": 1], "set one"),
      (["kernel.op": "attention", "kernel.depth": 5, "kernel.query_rows": 6], "kernel.depth"),
    ]
    for (settings, says) in cases {
      do {
        _ = try prepare(settings)
        Issue.record("\(settings) was taken")
      } catch let error as WorkloadError {
        #expect(error.code == .badConfiguration)
        #expect(error.message.contains(says), "\(settings): \(error)")
      } catch {
        Issue.record("\(settings) gave \(error)")
      }
    }
  }
}
