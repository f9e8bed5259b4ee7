// SPDX-License-Identifier: Apache-2.0

/// The frequency that the processors really ran at.
package enum CounterFrequency: MetricRule {
  package static let metric = Metric(
    id: "counters/frequency", unit: .hertz, better: .neither,
    definition:
      """
      Cycles over the task clock, both of the same sample: the mean frequency while threads ran. In user mode \
      alone it is too low by the kernel's share of the time. Null when either was not counted.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.cycles, over: .taskClock, times: 1e9)
  }
}
