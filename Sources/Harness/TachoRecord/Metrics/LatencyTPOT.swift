// SPDX-License-Identifier: Apache-2.0

/// The mean pace of a request after its first emission.
package enum LatencyTPOT: RequestQuantity {
  package static let metric = Metric(
    id: "latency/tpot", unit: .seconds, better: .lower,
    definition:
      """
      Time from the first to the last emission over the tokens after the first emission: (t_n - \
      t_1) / (n_out - k_1). Null when no token came after the first emission.
      """)

  package static let peers = [
    "vLLM bench, MLPerf, InferenceX: over n_out - 1 even if the first emission held several tokens.",
    "vLLM bench: answers of one token are left out, and count as 0 for goodput; MLPerf demands more.",
    "AIPerf, GenAI-Perf: called inter-token latency; AIPerf takes this formula where it knows k_1.",
  ]

  package static let distributionName = "tpot"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.tpot)
  }
}
