// SPDX-License-Identifier: Apache-2.0

/// The engine's own share of the time to first token.
package enum LatencyTTFTEngine: RequestQuantity {
  package static let metric = Metric(
    id: "latency/ttft-engine", unit: .seconds, better: .lower,
    definition:
      """
      First emission minus admission (when the engine began this request's prefill). Null without \
      a token.
      """)

  package static let peers = [
    "optimum-benchmark: its prefill latency, without sampling.",
    "llama-bench: the time behind pp, without sampling and tokenising.",
  ]

  package static let distributionName = "ttft-engine"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.ttftInEngine)
  }
}
