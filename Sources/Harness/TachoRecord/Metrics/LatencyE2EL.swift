// SPDX-License-Identifier: Apache-2.0

/// How long a user waits for the whole answer.
package enum LatencyE2EL: RequestQuantity {
  package static let metric = Metric(
    id: "latency/e2el", unit: .seconds, better: .lower,
    definition:
      """
      Request done (stop condition known) minus the scheduled arrival. Null when either was not \
      reported, or the request failed.
      """)

  package static let peers = [
    "MLPerf LoadGen: the same, from the scheduled time.",
    "vLLM bench, InferenceX: last token chunk minus send; AIPerf: last chunk with content "
      + "minus start.",
    "optimum-benchmark: the time of generate(), for a whole batch.",
  ]

  package static let distributionName = "e2el"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.e2el)
  }
}
