// SPDX-License-Identifier: Apache-2.0

/// The parallelism reached: U in t = I * CPI / (f * U).
package enum CounterBusyProcessors: MetricRule {
  package static let metric = Metric(
    id: "counters/busy-processors", unit: .ratio, better: .neither,
    definition:
      """
      The task clock over the length of the timed region: the mean number of processors in use, spinning included. \
      Null when the task clock was not counted, or the region has no length.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.counter(.taskClock) != nil else { return nil }
    guard observation.seconds > 0 else { return .unavailable("the timed region has no length") }
    return observation.combined([.taskClock]) { $0[0] / 1e9 / observation.seconds }
  }
}
