// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoRecord
import TachoWorkloads
import Testing

/// Kernel calls with evicted operands: what is evicted, that it is gone, and what that costs.
@Suite(.serialized) struct CacheStateTests {
  private func prepare(_ settings: [String: ConfigurationValue]) throws -> any Workload {
    try Workloads.prepare(
      kind: "kernel",
      Configuration(["engine.threads": 2, "kernel.rows": 1024, "kernel.columns": 1024]).merging(
        Configuration(settings)))
  }

  private static let evicts = tacho_evict_instruction() != nil

  /// Any range at any address keeps its bytes, and loads give their sum.
  @Test func evictingChangesNoByte() {
    for seed: UInt64 in 1...50 {
      var random = RandomSource(seed: seed)
      let memory = AlignedBuffer<UInt8>(count: 2048)
      let expected = (0..<memory.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for (index, byte) in expected.enumerated() { memory.pointer[index] = byte }
      let first = Int(random.next() % 1024)
      let count = Int(random.next() % 1025)
      #expect(tacho_evict(memory.pointer + first, count) == (Self.evicts ? 0 : -1))
      #expect(Array(memory.buffer) == expected, "seed \(seed)")
      let places = (0..<100).map { _ in Int(random.next() % UInt64(memory.count)) }
      let addresses = places.map { UnsafePointer<UInt8>?(memory.pointer + $0) }
      let sum = addresses.withUnsafeBufferPointer { tacho_touch($0.baseAddress, $0.count) }
      #expect(sum == places.reduce(0) { $0 + UInt64(expected[$1]) }, "seed \(seed)")
    }
  }

  /// Samples of a few calls on one thread, taken in turns: the best of each is one that nothing disturbed.
  @Test(.enabled(if: evicts)) func coldIsSlowerThanHotAndItsStateIsReached() throws {
    let states = ["hot", "llc-flushed", "weights-cold"]
    let workloads = try states.map {
      try prepare([
        "kernel.cache": .string($0), "kernel.op": "openblas", "engine.threads": 1,
        "kernel.iterations": 5,
      ])
    }
    var best = [Double](repeating: .infinity, count: states.count)
    for _ in 0..<30 {
      for (index, workload) in workloads.enumerated() {
        let sample = try workload.sample(seed: 1)
        best[index] = min(best[index], KernelSeconds.reading(of: sample)?.number ?? .infinity)
        guard index > 0 else {
          #expect(sample.eviction == nil)
          continue
        }
        let eviction = try #require(sample.eviction)
        #expect(eviction.failure == nil, "\(eviction)")
        // The region is the sum of the calls, and the clock weighs little in it.
        #expect(try #require(KernelClockShare.reading(of: sample)?.number) < 0.05)
        let usage = try #require(sample.usage)
        #expect(usage.userSeconds + usage.systemSeconds < 4 * sample.seconds + 0.02)
      }
    }
    // Four megabytes of weights from memory instead of a cache.
    #expect(best[1] > 1.2 * best[0] && best[2] > 1.2 * best[0], "\(best)")
  }

  @Test(.enabled(if: evicts)) func weightsColdEvictsWeightsAlone() throws {
    // Without repacking the weights are 1024 rows of 32 blocks of 34 bytes, from a multiple of 64.
    func bytes(_ state: String) throws -> Int {
      let workload = try prepare(["kernel.cache": .string(state), "weights.repack": false])
      #expect(workload.facts["kernel.cache"] == .string(state))
      let evicted = try workload.sample(seed: 1).eviction?.bytesPerCall
      #expect(workload.facts["kernel.evicted_bytes"] == evicted.map { .int($0) })
      #expect(workload.finalFacts["kernel.cache_reached"] == true)
      return try #require(evicted)
    }
    let weights = try bytes("weights-cold")
    #expect(weights == 1024 * 32 * 34)
    // Input and output in float32, and the input as codes with their scales, at the least.
    #expect(try bytes("llc-flushed") >= weights + 8 * 1024 + 1024)
  }

  @Test(.enabled(if: evicts), arguments: ["gemm", "attention", "quantize", "openblas"])
  func everyOperationWithOperandsRuns(_ op: String) throws {
    let workload = try prepare([
      "kernel.op": .string(op), "kernel.cache": "llc-flushed", "kernel.batch": 2,
      "kernel.working_set_mib": op == "gemm" ? 3 : 0, "kernel.iterations": 7,
    ])
    let sample = try workload.sample(seed: 1)
    #expect(sample.iterations == 7 && (sample.eviction?.bytesPerCall ?? 0) > 8 * 1024)
    #expect(sample.seconds > 0)
  }

  /// Only the calls are recorded, not the launches that wake the workers.
  @Test(.enabled(if: evicts)) func launchesOfTheCallsAreRecorded() throws {
    let workload = try prepare(["kernel.cache": "llc-flushed", "kernel.iterations": 3])
    let meter = try SampleMeter(
      collect: ["counters"], recordLaunches: .all,
      workload.collectorRequest(events: ["task-clock"]))
    let sample = try workload.sample(seed: 1, meter: meter)
    let trace = try #require(meter.takeTrace()).trace
    let ops = trace.launches.map { "\($0.op)" }
    #expect(ops.count { $0 == "matmul" } == 3 && !ops.contains("rouse"), "\(ops)")
    let reading = try #require(sample.counters?.first)
    #expect(reading.total.value == nil)
    #expect(reading.total.reason?.contains("evictions") == true, "\(reading)")
  }

  @Test func whatCannotBeColdIsRefused() {
    let cases: [([String: ConfigurationValue], String)] = [
      (["kernel.op": "read", "kernel.cache": "llc-flushed"], "kernel.op is read"),
      (["kernel.op": "null", "kernel.cache": "weights-cold"], "gemv, gemm"),
      (["kernel.op": "quantize", "kernel.cache": "weights-cold"], "quantize has neither"),
      (["kernel.cache": "lukewarm"], "kernel.cache"),
    ]
    for (settings, words) in cases {
      let error = #expect(throws: WorkloadError.self) { try prepare(settings) }
      #expect(error?.code == .badConfiguration)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }
}
