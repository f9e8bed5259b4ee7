// SPDX-License-Identifier: Apache-2.0

/// The time of one kernel call.
package enum KernelSeconds: MetricRule {
  package static let metric = Metric(
    id: "kernel/seconds", unit: .seconds, better: .lower,
    definition:
      "The timed region over the calls in it (mean of the region, not of single calls). Null without calls."
  )

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .kernel else { return nil }
    guard let calls = observation.iterations, calls > 0 else {
      return .unavailable("no call in the timed region")
    }
    return .value(observation.seconds / Double(calls))
  }
}
