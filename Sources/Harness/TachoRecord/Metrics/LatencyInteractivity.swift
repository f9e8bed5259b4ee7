// SPDX-License-Identifier: Apache-2.0

/// How fast text flows for one user.
package enum LatencyInteractivity: RequestQuantity {
  package static let metric = Metric(
    id: "latency/interactivity", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      1 / latency/tpot: tokens per second and user after the first emission. Null where \
      latency/tpot is.
      """)

  package static let peers = [
    "InferenceX: 1000 / TPOT in ms; AIPerf: output token throughput per user."
  ]

  package static let distributionName = "interactivity"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.interactivity)
  }
}
