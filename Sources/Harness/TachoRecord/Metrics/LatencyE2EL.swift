// SPDX-License-Identifier: Apache-2.0

/// How long a user waits for the whole answer.
package enum LatencyE2EL: MetricRule {
  package static let metric = Metric(
    id: "latency/e2el", unit: .seconds, better: .lower,
    definition:
      "Request done (stop condition known) minus the scheduled arrival. Null when either was not reported."
  )

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .request else { return nil }
    return Emissions.since(
      observation.scheduledNs, named: "scheduledNs", to: observation.doneNs, ending: "doneNs")
  }
}
