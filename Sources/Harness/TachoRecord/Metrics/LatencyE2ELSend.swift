// SPDX-License-Identifier: Apache-2.0

/// The whole answer as most peers time it.
package enum LatencyE2ELSend: RequestQuantity {
  package static let metric = Metric(
    id: "latency/e2el-send", unit: .seconds, better: .lower,
    definition:
      """
      Request done minus the send. Null when either was not reported, or the request failed.
      """)

  package static let peers = [
    "vLLM bench, AIPerf, GenAI-Perf, InferenceX: what they call end-to-end or request "
      + "latency."
  ]

  package static let distributionName = "e2el-send"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.e2elFromSend)
  }
}
