// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// Requests that find a part of their prompt in the KV store.
@Suite struct PrefixHitTests {
  /// One row a pass: the same kernels whatever is cached, so the same bits.
  private static func request(_ settings: [String: ConfigurationValue]) throws -> any Workload {
    try TestCache.generate(
      Configuration([
        "workload.mode": "request", "workload.output_tokens": 6, "engine.batch_rows": 1,
        "sampler.temperature": 0.9, "sampler.repetition_penalty": 1.3,
      ]).merging(Configuration(settings)).values)
  }

  /// The answer is the same whatever was cached, the hit rate that asked for, to the token.
  @Test(arguments: [1, 2, 10, 41]) func hitsChangeNoToken(_ prompt: Int) throws {
    let plain = try Self.request(["workload.prompt_tokens": .int(prompt)])
    for (share, depth) in [(0.0, 0), (0.5, 0), (0.9, 0), (1.0, 0), (0.5, 17)] {
      let workload = try Self.request([
        "workload.prompt_tokens": .int(prompt), "workload.prefix_hit": .double(share),
        "workload.depth": .int(depth),
      ])
      let same =
        depth == 0
        ? plain
        : try Self.request([
          "workload.prompt_tokens": .int(prompt), "workload.depth": .int(depth),
        ])
      for seed: UInt64 in [3, 4, 3] {
        let sample = try workload.sample(seed: seed)
        let words = "prompt \(prompt), hit \(share), depth \(depth), seed \(seed)"
        let cached = min(Int((share * Double(prompt)).rounded()), prompt - 1)
        #expect(sample.cachedTokens == cached && sample.promptTokens == prompt, "\(words)")
        #expect(
          PrefillPrefixHit.reading(of: sample) == .value(Double(cached) / Double(prompt)),
          "\(words)")
        #expect(
          sample.outputFingerprint == (try same.sample(seed: seed)).outputFingerprint, "\(words)")
      }
    }
  }

  /// What was cached is not work of the timed region: it counts as depth.
  @Test func workIsThatOfTheRest() throws {
    let half = try Self.request(["workload.prompt_tokens": 10, "workload.prefix_hit": 0.5])
    let rest = try Self.request(["workload.prompt_tokens": 5, "workload.depth": 5])
    let (one, other) = (try half.sample(seed: 1), try rest.sample(seed: 1))
    #expect(one.weightBytes == other.weightBytes && one.kvBytes == other.kvBytes)
    #expect(one.flops == other.flops && (one.flops ?? 0) > 0)
  }

  @Test func textIsCutAtTokens() throws {
    let workload = try Self.request([
      "workload.prompt": "Once upon a time there was a tachometer.", "workload.prefix_hit": 0.5,
    ])
    let sample = try workload.sample(seed: 1)
    let tokens = try #require(sample.promptTokens)
    #expect(tokens > 4 && sample.cachedTokens == Int((Double(tokens) / 2).rounded()))
  }

  @Test func onlyRequestsHaveHits() {
    let error = #expect(throws: WorkloadError.self) {
      try TestCache.generate(["workload.prompt_tokens": 4, "workload.prefix_hit": 0.5])
    }
    #expect(error?.message.contains("workload.mode: request") == true)
  }

  /// Steps of the prefix are none of the sample's: the first injected delay is that of the prefill.
  @Test func injectedDelaysCountFromTheSample() throws {
    let workload = try Self.request([
      "workload.prompt_tokens": 8, "workload.prefix_hit": 0.5, "inject.op": "matmul",
      "inject.ratio": 0.1, "inject.every": 2,
    ])
    let first = try #require(workload.sample(seed: 1).injection?.firstStep)
    // Four rows of the prompt and five of the answer.
    #expect(try #require(workload.sample(seed: 1).injection?.firstStep) == first + 9)
  }
}
