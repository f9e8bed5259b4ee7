// SPDX-License-Identifier: Apache-2.0

/// What a sample costs besides what it measures.
package enum SampleOverheadSeconds: MetricRule {
  package static let metric = Metric(
    id: "sample/overhead-seconds", unit: .seconds, better: .lower,
    definition:
      """
      Round trip of the sample's request, on the harness's clock, minus the timed region: the protocol, \
      the collectors, and what the worker does around the region (restores a KV store). None of it is \
      in other metrics. Null where the harness took no such time.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let roundTripNs = observation.roundTripNs else { return nil }
    return .value(Double(roundTripNs) / 1e9 - observation.seconds)
  }
}
