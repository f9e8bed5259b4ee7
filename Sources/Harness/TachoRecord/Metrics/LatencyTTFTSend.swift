// SPDX-License-Identifier: Apache-2.0

/// The wait for the first token as most peers measure it.
package enum LatencyTTFTSend: RequestQuantity {
  package static let metric = Metric(
    id: "latency/ttft-send", unit: .seconds, better: .lower,
    definition:
      """
      First emission minus the send (when the request was handed to the engine): the load \
      generator's lateness does not count. Null without a token.
      """)

  package static let peers = [
    "vLLM bench, AIPerf, GenAI-Perf, InferenceX: what they call TTFT, with a network "
      + "between."
  ]

  package static let distributionName = "ttft-send"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.ttftFromSend)
  }
}
