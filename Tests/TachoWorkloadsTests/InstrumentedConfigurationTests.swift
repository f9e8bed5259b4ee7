// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// How a point's settings change under valgrind, and which points it cannot do.
@Suite struct InstrumentedConfigurationTests {
  private func changed(
    _ settings: [String: ConfigurationValue], kind: String = "kernel"
  ) throws -> Configuration {
    try InstrumentedConfiguration.of(
      Point(
        benchmark: "b", kind: kind, configuration: Configuration(settings),
        axes: []))
  }

  #if arch(x86_64)
    @Test func oneThreadAVX2OneCall() throws {
      #expect(
        try changed(["kernel.op": "gemv", "engine.threads": 8])
          == Configuration([
            "kernel.op": "gemv", "engine.threads": 1, "engine.isa": "avx2", "kernel.iterations": 1,
          ]))
      let kept = try changed(["engine.isa": "ref", "kernel.iterations": 7])
      #expect(kept["engine.isa"] == "ref" && kept["kernel.iterations"] == 7)
      let decode = try changed(["engine.isa": "auto"], kind: "generate")
      #expect(decode["engine.isa"] == "avx2" && decode["kernel.iterations"] == nil)
    }

    @Test func whatNeedsMoreIsRefused() {
      for (settings, words) in [
        (["engine.isa": "amx"], "engine.isa is amx"),
        (["engine.isa": "avx512"], "up to AVX2"),
        (["engine.kernel_variant": "avx512"], "the kernel variant 'avx512' needs more"),
        (["worker.kind": "llama-bench"], "not llama-bench"),
        (["kernel.cache": "llc-flushed"], "kernel.cache: llc-flushed"),
      ] as [([String: ConfigurationValue], String)] {
        let error = #expect(throws: WorkloadError.self) { try changed(settings) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
      }
    }
  #endif

  @Test func fixedIterations() throws {
    let workload = try Workloads.prepare(
      kind: "kernel",
      Configuration([
        "kernel.op": "quantize", "kernel.columns": 256, "kernel.iterations": 3,
        "engine.threads": 1,
      ]))
    #expect(try workload.sample(seed: 1).iterations == 3)
    #expect(workload.facts["kernel.iterations"] == 3)
  }

  /// Asked for without valgrind the collector says so, and does the work once.
  @Test func outsideValgrind() throws {
    let meter = try SampleMeter(collect: ["callgrind"])
    #expect(meter.facts["callgrind.valgrind"] == false && meter.repetitions == 1)
    meter.start()
    let observation = meter.stop()
    #expect(observation.callgrind?.unavailable == "this worker does not run under valgrind")
  }
}
