// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// What a generation sample reports: counts, times, declared work.
@Suite struct GenerateWorkloadTests {
  // tiny-llama: width 256, 2 layers, 4 heads and 2 KV heads of 64, feed-forward 768, vocabulary 512.
  // A layer multiplies 2 * 256 * 256 + 2 * 128 * 256 + 3 * 768 * 256 = 786,432 weights.
  static let body = 2.0 * 786_432
  static let head = 512.0 * 256
  static let q8Bytes = 34.0 / 32
  /// Two layers, K and V, two heads of 64, two bytes.
  static let tokenBytes = 1024.0

  @Test func throughputAccountsItsWork() throws {
    let workload = try TestCache.generate([
      "workload.prompt_tokens": 10, "workload.output_tokens": 3, "workload.depth": 5,
      "engine.batch_rows": 4,
    ])
    let sample = try workload.sample(seed: 1)
    #expect(sample.promptTokens == 10 && sample.outputTokens == 3 && sample.depth == 5)
    #expect(sample.startNs < sample.endNs)
    #expect(sample.emissionNs == nil && sample.trace == nil)
    // Prefill in passes of 4, 4 and 2, then three steps; logits once for the prompt and each step.
    #expect(sample.weightBytes == (6 * Self.body + 4 * Self.head) * Self.q8Bytes)
    // Prefill reads 9, 13 and 15 slots, the steps 16, 17 and 18.
    #expect(sample.kvBytes == 88 * Self.tokenBytes)
    // Rows see 6 to 18 slots, 156 together; 2 * 256 multiply-adds for each and layer.
    #expect(sample.flops == 2 * 13 * Self.body + 2 * 4 * Self.head + 4 * 256 * 2 * 156)
    let usage = try #require(sample.usage)
    #expect(usage.userSeconds >= 0 && usage.peakResidentBytes > 1 << 20)
  }

  @Test func requestAccountsItsWork() throws {
    let workload = try TestCache.generate([
      "workload.mode": "request", "workload.prompt_tokens": 10, "workload.output_tokens": 3,
    ])
    let sample = try workload.sample(seed: 1)
    #expect(sample.promptTokens == 10 && sample.outputTokens == 3 && sample.cachedTokens == 0)
    // The last token is emitted but not fed.
    #expect(sample.weightBytes == (3 * Self.body + 3 * Self.head) * Self.q8Bytes)
    #expect(sample.kvBytes == (10 + 11 + 12) * Self.tokenBytes)
    #expect(sample.flops == 2 * 12 * Self.body + 2 * 3 * Self.head + 4 * 256 * 2 * 78)
  }

  @Test func onlyDecodeOrOnlyPrefill() throws {
    let decode = try TestCache.generate(["workload.output_tokens": 2]).sample(seed: 1)
    #expect(decode.promptTokens == 0 && decode.outputTokens == 2)
    #expect(decode.weightBytes == 2 * (Self.body + Self.head) * Self.q8Bytes)
    #expect(decode.kvBytes == 3 * Self.tokenBytes)
    let prefill = try TestCache.generate(["workload.prompt_tokens": 20]).sample(seed: 1)
    #expect(prefill.outputTokens == 0)
    #expect(prefill.weightBytes == (Self.body + Self.head) * Self.q8Bytes)
    #expect(prefill.kvBytes == 20 * Self.tokenBytes)
  }

  @Test func requestTimesAreInOrder() throws {
    for settings: [String: ConfigurationValue] in [
      ["workload.prompt_tokens": 12], ["workload.prompt": "Hello, world"],
    ] {
      let workload = try TestCache.generate(
        settings.merging(["workload.mode": "request", "workload.output_tokens": 9]) { $1 })
      let sample = try workload.sample(seed: 3)
      let times = try #require(sample.emissionNs)
      #expect(times.count == 9 && sample.emissionTokens == [Int](repeating: 1, count: 9))
      #expect(sample.outputTokens == 9 && (sample.promptTokens ?? 0) > 0)
      let scheduled = try #require(sample.scheduledNs)
      let sent = try #require(sample.sentNs)
      let admitted = try #require(sample.admittedNs)
      let done = try #require(sample.doneNs)
      let order = [sample.startNs, scheduled, sent, admitted] + times + [done, sample.endNs]
      #expect(order == order.sorted(), "\(order)")
      #expect(Set(times).count == 9, "emissions come one after the other")
    }
  }

  /// Whatever came before, a sample starts from the same depth: the same seed gives the same output.
  @Test(
    arguments: [
      ["workload.prompt_tokens": 7, "workload.output_tokens": 4, "workload.depth": 33],
      ["workload.output_tokens": 5, "workload.depth": 16],
      [
        "workload.mode": "request", "workload.prompt_tokens": 9, "workload.output_tokens": 12,
        "workload.depth": 20, "sampler.temperature": 0.8, "sampler.seed": 5,
      ],
    ] as [[String: ConfigurationValue]])
  func samplesDoNotDependOnTheirPlace(_ settings: [String: ConfigurationValue]) throws {
    let workload = try TestCache.generate(settings)
    let seeds: [UInt64] = [11, 12, 11, 13, 11, 12, .max, 0]
    let prints = try seeds.map { try #require(try workload.sample(seed: $0).outputFingerprint) }
    #expect(prints[0] == prints[2] && prints[2] == prints[4] && prints[1] == prints[5])
    // A process of its own, another number of threads: the same again.
    let other = try TestCache.generate(settings.merging(["engine.threads": 1]) { $1 })
    #expect(try other.sample(seed: 11).outputFingerprint == prints[0])
    let shifted = try TestCache.generate(settings.merging(["workload.seed": 1]) { $1 })
    #expect(Set(prints).count > 1 || settings["workload.mode"] == nil)
    if settings["workload.mode"] != nil {
      #expect(try shifted.sample(seed: 11).outputFingerprint != prints[0])
    }
  }

  @Test func launchesAreRecordedWhenAskedFor() throws {
    let workload = try TestCache.generate(
      ["workload.prompt_tokens": 8, "workload.output_tokens": 2, "workload.depth": 4])
    let meter = try SampleMeter(recordLaunches: .all)
    for _ in 0..<2 {
      let sample = try workload.sample(seed: 1, meter: meter)
      var held = HeldTraces()
      held.hold(try #require(meter.takeTrace()), of: 0)
      let released = held.release(0, variant: "any")
      let trace = try #require(released)
      let launches = trace.launches
      // The passes that reach the depth are no part of it: one prefill and two decode steps.
      #expect(Set(launches.map(\.step)) == [0, 1, 2])
      #expect(Set(launches.map(\.layer)) == [-1, 0, 1])
      for step in 0..<3 {
        let ops = launches.filter { $0.step == step }.map(\.op)
        #expect(ops.filter { $0 == "attention" }.count == 2)
        #expect(ops.filter { $0 == "matmul.logits" }.count == 1)
        #expect(ops.first == "embed" && ops.last == "matmul.logits")
      }
      var last = sample.startNs
      for launch in launches {
        #expect(last <= launch.enqueueNs && launch.enqueueNs <= launch.firstStartNs)
        #expect(launch.firstStartNs <= launch.endNs)
        #expect(launch.variant == "any" && launch.workerNs.count <= 4)
        last = launch.endNs
      }
      #expect(last <= sample.endNs)
    }
  }

  @Test func factsSayWhatRuns() throws {
    let facts = try TestCache.generate([
      "workload.prompt_tokens": 1, "weights.format": "q4_0", "kv.format": "f32",
      "engine.isa": "ref",
    ]).facts
    #expect(facts["model.synthetic"] == true)
    #expect(facts["model.architecture"] == "llama")
    #expect(facts["model.format"] == "q4_0")
    #expect(facts["engine.isa"] == "ref" && facts["engine.threads"] == 2)
    #expect(facts["kv.format"] == "f32" && facts["kv.bytes_per_token"] == 2048)
    #expect(
      facts["model.weight_bytes_per_pass"] == .int(Int((Self.body + Self.head) * 18 / 32)))
  }

  @Test func impossibleSettingsSayWhatToChange() {
    let cases: [([String: ConfigurationValue], code: String, says: String)] = [
      ([:], "bad-configuration", "nothing to do"),
      (["workload.mode": "request", "workload.prompt_tokens": 4], "bad-configuration", "output"),
      (["workload.mode": "request", "workload.output_tokens": 4], "bad-configuration", "prompt"),
      (["workload.prompt": "x"], "bad-configuration", "request"),
      (
        [
          "workload.mode": "request", "workload.prompt": "x", "workload.prompt_tokens": 4,
          "workload.output_tokens": 1,
        ], "bad-configuration", "two prompts"
      ),
      (["workload.prompt_tokens": -1], "bad-configuration", "workload.prompt_tokens"),
      (["workload.prompt_tokens": 2049], "unsupported", "2048"),
      (
        [
          "workload.depth": 2000, "workload.prompt_tokens": 40, "workload.output_tokens": 9,
        ], "unsupported", "2049"
      ),
      (["workload.prompt_tokens": 4, "model.path": "x"], "bad-configuration", "two models"),
      (["workload.prompt_tokens": 4, "model.synth.shape": ""], "bad-configuration", "no model"),
      (["workload.prompt_tokens": 4, "decoder.kind": "magic"], "bad-configuration", "decoder"),
      (["workload.prompt_tokens": 4, "weights.format": "q9"], "bad-configuration", "weights"),
      (["workload.prompt_tokens": 4, "workload.promt": "x"], "bad-configuration", "did you mean"),
    ]
    for (settings, code, says) in cases {
      do {
        _ = try TestCache.generate(settings)
        Issue.record("\(settings) was taken")
      } catch let error as WorkloadError {
        #expect(error.code.rawValue == code, "\(settings): \(error)")
        #expect(error.message.contains(says), "\(settings): \(error)")
      } catch {
        Issue.record("\(settings) gave \(error)")
      }
    }
  }

  /// A prompt text is only counted when it is tokenised: too long is an error then, and the next
  /// sample is as if it had not been.
  @Test func longPromptTextIsAnError() throws {
    let text = String(repeating: "a b c d e f g ", count: 900)
    let workload = try TestCache.generate([
      "workload.mode": "request", "workload.prompt": .string(text), "workload.output_tokens": 1,
    ])
    for _ in 0..<2 {
      let error = #expect(throws: WorkloadError.self) { try workload.sample(seed: 1) }
      #expect(error?.code == .unsupported)
    }
  }
}
