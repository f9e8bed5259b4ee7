// SPDX-License-Identifier: Apache-2.0

/// Cycles of the processors' own clocks, which change with frequency.
package enum CounterCycles: MetricRule {
  package static let metric = Metric(
    id: "counters/cycles", unit: .count, better: .lower,
    definition:
      """
      Processor cycles over the timed region, all \
      threads of the worker together. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.counted(.cycles)
  }
}
