// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// Real samples with real launches: the parts explain the whole.
@Suite(.serialized) struct TracedSampleTests {
  /// Steps of a few milliseconds, as real models have: the harness's own work between them is
  /// microseconds.
  static let settings: [String: ConfigurationValue] = [
    "model.synth.shape":
      "custom:hidden=1024,layers=6,heads=16,kv_heads=4,ffn=4096,vocab=4096,context=512",
    "engine.threads": 2, "weights.format": "q8_0",
  ]

  static let tries = 10

  static func traced(_ settings: [String: ConfigurationValue], kind: String = "generate") throws
    -> (observation: Observation, trace: SampleTrace)
  {
    let workload = try Workloads.prepare(kind: kind, TestCache.tiny(settings))
    let meter = try SampleMeter(recordLaunches: .all)
    var observation = try workload.sample(seed: 4, meter: meter)
    var held = HeldTraces()
    held.hold(try #require(meter.takeTrace()), of: 0)
    let released = held.release(0, variant: "any")
    let trace = try #require(released)
    #expect(trace.complaint == nil)
    observation.trace = trace
    return (observation, trace)
  }

  @Test(arguments: ["throughput", "request"]) func partsOfDecodingAddUp(_ mode: String) throws {
    var best = Double.infinity
    // Another process may take the processor between two parts: one of the tries must be clean.
    for _ in 0..<Self.tries where abs(best) > StepResidual.limit {
      let (observation, trace) = try Self.traced(
        Self.settings.merging([
          "workload.mode": .string(mode), "workload.prompt_tokens": 4,
          "workload.output_tokens": 24,
        ]) { $1 })
      let residual = try #require(
        MetricRules.measurements(of: observation).first { $0.metric.id == "step/residual" }?
          .reading.number)
      #expect(residual >= 0)
      best = min(best, residual)
      // 24 tokens: a prefill, and as many decoding steps as tokens are fed.
      #expect(trace.steps.filter { $0.rows == 1 }.count == (mode == "request" ? 23 : 24))
      let waterfall = try #require(StepWaterfall.all(of: [trace]).first { $0.rows == 1 })
      let sum = waterfall.parts.reduce(0) { $0 + $1.mean }
      #expect(abs(sum - waterfall.mean) < 1e-6 * waterfall.mean)
      if mode == "request" {
        #expect(Set(trace.spans.map(\.name)) == ["sample", "detokenise"])
        #expect(trace.spans.filter { $0.name == "detokenise" }.count == 24)
      }
    }
    #expect(best <= StepResidual.limit, "residual \(best)")
  }

  /// A delay injected into every other step shows in that kernel's time by its share, and in no other's.
  ///
  /// Others share the processors: what is not so in any of the tries is not so.
  @Test func injectedDelayIsSeen() throws {
    var wrong = ""
    for _ in 0..<Self.tries {
      let (observation, trace) = try Self.traced(
        Self.settings.merging([
          "workload.prompt_tokens": 0, "workload.output_tokens": 40, "inject.op": "matmul.gate_up",
          "inject.ratio": 0.5, "inject.every": 2,
        ]) { $1 })
      func ratio(_ op: String) throws -> Double {
        func best(_ parity: Int) throws -> Double {
          let times = trace.launches.filter { $0.op == op && $0.step % 2 == parity }
            .map { Double($0.busyNs.max() ?? 0) }
          return try #require(times.min())
        }
        return try best(0) / best(1)
      }
      let injected = try ratio("matmul.gate_up")
      let other = try ratio("matmul.down")
      let recovered = try #require(
        MetricRules.measurements(of: observation).first { $0.metric.id == "self/recovered-delay" }?
          .reading.number)
      if abs(injected - 1.5) < 0.15, abs(other - 1) < 0.15, abs(recovered - 0.5) < 0.2 { return }
      wrong += "\nthe kernel \(injected), another \(other), the metric \(recovered)"
    }
    Issue.record("expected 1.5, 1 and 0.5; \(Self.tries) tries gave\(wrong)")
  }
}
