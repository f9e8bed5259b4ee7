// SPDX-License-Identifier: Apache-2.0

/// How often a worker gave up or lost its processor.
package enum CounterContextSwitches: MetricRule {
  package static let metric = Metric(
    id: "counters/context-switches", unit: .count, better: .lower,
    definition:
      """
      Context switches over the timed region, all \
      threads of the worker together. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.counted(.contextSwitches)
  }
}
