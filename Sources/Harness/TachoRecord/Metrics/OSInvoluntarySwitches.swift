// SPDX-License-Identifier: Apache-2.0

/// Whether somebody else wanted the processor.
package enum OSInvoluntarySwitches: MetricRule {
  package static let metric = Metric(
    id: "os/involuntary-switches", unit: .count, better: .lower,
    definition:
      """
      Involuntary context switches charged to the worker over the timed region. \
      Null when the worker reported no resource usage.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.usageReading { Double($0.involuntarySwitches) }
  }
}
