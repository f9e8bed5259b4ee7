// SPDX-License-Identifier: Apache-2.0

/// The second token, which shows whether decoding starts smoothly.
package enum LatencyTTST: RequestQuantity {
  package static let metric = Metric(
    id: "latency/ttst", unit: .seconds, better: .lower,
    definition:
      """
      Second token minus the first; 0 when one emission held both. Null with fewer than two \
      tokens.
      """)

  package static let peers = [
    "AIPerf, GenAI-Perf: the second chunk minus the first, whatever they hold."
  ]

  package static let distributionName = "ttst"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.ttst)
  }
}
