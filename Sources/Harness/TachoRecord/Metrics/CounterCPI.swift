// SPDX-License-Identifier: Apache-2.0

/// IPC's inverse, which adds up: stalls are cycles per instruction.
package enum CounterCPI: MetricRule {
  package static let metric = Metric(
    id: "counters/cpi", unit: .ratio, better: .lower,
    definition:
      """
      Cycles over instructions, both of the same sample. Null when either was not counted in it, or they were \
      not counted alike.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.cycles, over: .instructions)
  }
}
