// SPDX-License-Identifier: Apache-2.0

/// How often a worker went on on another processor, with cold caches.
package enum CounterMigrations: MetricRule {
  package static let metric = Metric(
    id: "counters/cpu-migrations", unit: .count, better: .lower,
    definition:
      """
      Moves to another processor over the timed region, all \
      threads of the worker together. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.counted(.cpuMigrations)
  }
}
