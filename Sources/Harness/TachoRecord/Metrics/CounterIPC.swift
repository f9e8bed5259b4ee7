// SPDX-License-Identifier: Apache-2.0

/// How busy the processor's pipelines are.
package enum CounterIPC: MetricRule {
  package static let metric = Metric(
    id: "counters/ipc", unit: .ratio, better: .higher,
    definition:
      """
      Instructions over cycles, both of the same sample. Null when either was not counted in it, or they were \
      not counted alike.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.instructions, over: .cycles)
  }
}
