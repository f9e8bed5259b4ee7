// SPDX-License-Identifier: Apache-2.0

/// The engine's own share of the time to first token.
package enum LatencyTTFTEngine: MetricRule {
  package static let metric = Metric(
    id: "latency/ttft-engine", unit: .seconds, better: .lower,
    definition:
      "First emission minus admission (when the engine began this request's prefill). Null without a token."
  )

  package static func reading(of observation: Observation) -> Reading? {
    Emissions.reading(of: observation) { emissions in
      Emissions.since(
        observation.admittedNs, named: "admittedNs", to: emissions.first,
        ending: "the first emission")
    }
  }
}
