// SPDX-License-Identifier: Apache-2.0

/// The typical wait for one more token.
package enum LatencyITLMedian: RequestQuantity {
  package static let metric = Metric(
    id: "latency/itl-median", unit: .seconds, better: .lower,
    definition:
      """
      Median over the tokens after the first emission of the gap to the previous emission divided \
      by the tokens it brought (an emission of k tokens counts k times). Null with a single \
      emission.
      """)

  package static let peers = [
    "vLLM bench: ITL are raw gaps between chunks (latency/icl-median), pooled over "
      + "requests.",
    "AIPerf, GenAI-Perf: ITL is the mean of a request (latency/tpot).",
  ]

  package static let distributionName = "itl"

  package static func values(of request: RequestMetrics) -> RequestValues {
    request.interTokenLatencies
  }
}
