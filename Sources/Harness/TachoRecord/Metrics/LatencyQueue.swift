// SPDX-License-Identifier: Apache-2.0

/// How long a request waits before the engine begins with it.
package enum LatencyQueue: RequestQuantity {
  package static let metric = Metric(
    id: "latency/queue", unit: .seconds, better: .lower,
    definition:
      """
      Admission (when the engine begins this request's prefill) minus the scheduled arrival. Null \
      when either was not reported.
      """)

  package static let peers = [
    "vLLM bench: outside every latency, because its clock starts after its own "
      + "concurrency limit.",
    "GenAI-Perf: the server's own queue only, from the server's statistics.",
  ]

  package static let distributionName = "queue"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.queue)
  }
}
