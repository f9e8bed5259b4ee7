// SPDX-License-Identifier: Apache-2.0

/// Processor time of the workers by the scheduler's own clock.
package enum CounterTaskClock: MetricRule {
  package static let metric = Metric(
    id: "counters/task-clock", unit: .seconds, better: .lower,
    definition:
      """
      Time that the worker's threads were on a processor in the timed region, summed over threads; spinning \
      for work counts too. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.combined([.taskClock]) { $0[0] / 1e9 }
  }
}
