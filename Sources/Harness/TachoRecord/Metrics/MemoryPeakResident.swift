// SPDX-License-Identifier: Apache-2.0

/// How much memory the worker needed.
package enum MemoryPeakResident: MetricRule {
  package static let metric = Metric(
    id: "memory/peak-resident", unit: .bytes, better: .lower,
    definition:
      """
      Largest resident set of the worker up to the end of the sample, mapped model files included. \
      Null when the worker reported no resource usage.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.usageReading { Double($0.peakResidentBytes) }
  }
}
