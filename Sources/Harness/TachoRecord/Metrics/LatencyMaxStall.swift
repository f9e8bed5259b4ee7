// SPDX-License-Identifier: Apache-2.0

/// The longest silence inside an answer, which users feel.
package enum LatencyMaxStall: RequestQuantity {
  package static let metric = Metric(
    id: "latency/max-stall", unit: .seconds, better: .lower,
    definition:
      """
      The longest gap between two emissions of the request. Null with a single emission.
      """)

  package static let peers = [
    "None of the well-known tools reports it."
  ]

  package static let distributionName = "max-stall"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.maxStall)
  }
}
