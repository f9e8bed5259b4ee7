// SPDX-License-Identifier: Apache-2.0

/// What the host does between kernels.
package enum LaunchGap: MetricRule {
  package static let metric = Metric(
    id: "launch/gap", unit: .seconds, better: .lower,
    definition:
      """
      Host time between kernel launches inside forward passes (t_enqueue of one minus t_end of \
      the one before, and the passes' own beginning and end), per forward pass (per call, for \
      a kernel).
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in a.perStep(a.gapNs, observation)
    }
  }
}
