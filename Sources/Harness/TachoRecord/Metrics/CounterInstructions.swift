// SPDX-License-Identifier: Apache-2.0

/// The work in instructions: much less noisy than time, and blind to memory.
package enum CounterInstructions: MetricRule {
  package static let metric = Metric(
    id: "counters/instructions", unit: .count, better: .lower,
    definition:
      """
      Instructions retired over the timed region, all \
      threads of the worker together. Null when it was not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.counted(.instructions)
  }
}
