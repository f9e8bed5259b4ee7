// SPDX-License-Identifier: Apache-2.0

/// The typical gap between two chunks of an answer.
package enum LatencyICLMedian: RequestQuantity {
  package static let metric = Metric(
    id: "latency/icl-median", unit: .seconds, better: .lower,
    definition:
      """
      Median of the raw gaps between emissions, however many tokens each brought. Null with a \
      single emission.
      """)

  package static let peers = [
    "AIPerf: ICL; vLLM bench: what it calls ITL."
  ]

  package static let distributionName = "icl"

  package static func values(of request: RequestMetrics) -> RequestValues {
    request.interChunkLatencies
  }
}
