// SPDX-License-Identifier: Apache-2.0

/// The longest silence inside an answer, which users feel.
package enum LatencyMaxStall: MetricRule {
  package static let metric = Metric(
    id: "latency/max-stall", unit: .seconds, better: .lower,
    definition:
      "The longest gap between two emissions of the request. Null with a single emission.")

  package static func reading(of observation: Observation) -> Reading? {
    Emissions.reading(of: observation) { emissions in
      emissions.gaps.max().map { .value($0) } ?? .unavailable("only one emission")
    }
  }
}
