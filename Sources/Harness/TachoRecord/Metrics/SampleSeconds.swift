// SPDX-License-Identifier: Apache-2.0

/// The whole timed region of one sample.
package enum SampleSeconds: MetricRule {
  package static let metric = Metric(
    id: "sample/seconds", unit: .seconds, better: .lower,
    definition: "End minus start of the sample's timed region, on the worker's monotonic clock.")

  package static func reading(of observation: Observation) -> Reading? {
    .value(observation.seconds)
  }
}
