// SPDX-License-Identifier: Apache-2.0

/// How long a user waits for the first token.
package enum LatencyTTFT: RequestQuantity {
  package static let metric = Metric(
    id: "latency/ttft", unit: .seconds, better: .lower,
    definition:
      """
      First emission minus the scheduled arrival (not the send: queueing counts). Null without a \
      token. Peers that start at the send report less under load.
      """)

  package static let peers = [
    "MLPerf LoadGen: the same, from the scheduled time.",
    "vLLM bench, AIPerf, GenAI-Perf, InferenceX: from the send (latency/ttft-send is "
      + "comparable).",
    "vLLM bench: the first chunk counts even if it only holds a role and no text.",
    "AIPerf: the first chunk with content; its TTFO is the first token that is not "
      + "reasoning.",
    "llama-bench: none; optimum-benchmark: called prefill latency, from the start of "
      + "generate().",
  ]

  package static let distributionName = "ttft"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.ttft)
  }
}
