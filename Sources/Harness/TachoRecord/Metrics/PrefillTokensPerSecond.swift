// SPDX-License-Identifier: Apache-2.0

/// How fast a prompt is read: llama-bench's pp, and the same of a request.
package enum PrefillTokensPerSecond: RequestQuantity {
  package static let metric = Metric(
    id: "prefill/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Prompt tokens not served from a cache over prefill/seconds. Throughput: no sampling, no \
      tokenising (llama-bench pp). Request: from admission to the first emission, sampling included. \
      Null without a token.
      """)

  package static let peers = [
    "llama-bench: pp, the same as throughput here; optimum-benchmark: samples per second.",
    "AIPerf: input length over TTFT, the queue included; InferenceX: input tokens per second and GPU.",
  ]

  package static let distributionName = "prefill-tokens-per-second"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.prefillTokensPerSecond)
  }

  package static func reading(of observation: Observation) -> Reading? {
    guard let duration = PrefillSeconds.reading(of: observation) else { return nil }
    return RequestMetrics.prefillRate(
      promptTokens: observation.promptTokens, cachedTokens: observation.cachedTokens,
      time: duration)
  }
}
