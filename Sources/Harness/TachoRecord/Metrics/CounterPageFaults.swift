// SPDX-License-Identifier: Apache-2.0

/// First touches of memory, mostly: a warm loop has none.
package enum CounterPageFaults: MetricRule {
  package static let metric = Metric(
    id: "counters/page-faults", unit: .count, better: .lower,
    definition:
      """
      Page faults over the timed region, all \
      threads of the worker together. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.counted(.pageFaults)
  }
}
