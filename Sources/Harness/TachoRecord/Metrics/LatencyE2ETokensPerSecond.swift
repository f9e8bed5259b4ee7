// SPDX-License-Identifier: Apache-2.0

/// What a user got out of the whole wait.
package enum LatencyE2ETokensPerSecond: RequestQuantity {
  package static let metric = Metric(
    id: "latency/e2e-tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Output tokens over latency/e2el, queueing and prefill included. Null when the request \
      failed or emitted nothing.
      """)

  package static let peers = [
    "AIPerf: the same, from the send; vLLM bench, GenAI-Perf: none."
  ]

  package static let distributionName = "e2e-tokens-per-second"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.e2eTokensPerSecond)
  }
}
