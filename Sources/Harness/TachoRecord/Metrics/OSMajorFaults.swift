// SPDX-License-Identifier: Apache-2.0

/// Whether the worker waited for a disk.
package enum OSMajorFaults: MetricRule {
  package static let metric = Metric(
    id: "os/major-faults", unit: .count, better: .lower,
    definition:
      """
      Page faults of the worker over the timed region that needed a read from storage. \
      Null when the worker reported no resource usage.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.usageReading { Double($0.majorFaults) }
  }
}
