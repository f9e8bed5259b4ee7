// SPDX-License-Identifier: Apache-2.0

/// How long a user waits for the first token.
package enum LatencyTTFT: MetricRule {
  package static let metric = Metric(
    id: "latency/ttft", unit: .seconds, better: .lower,
    definition:
      """
      First emission minus the scheduled arrival (not the send: queueing counts). Null without a token. \
      Peers that start at the send report less under load.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    Emissions.reading(of: observation) { emissions in
      Emissions.since(
        observation.scheduledNs, named: "scheduledNs", to: emissions.first,
        ending: "the first emission")
    }
  }
}
