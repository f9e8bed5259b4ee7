// SPDX-License-Identifier: Apache-2.0

/// What launching costs altogether (total kernel launch and queue time).
package enum LaunchTKLQT: MetricRule {
  package static let metric = Metric(
    id: "launch/tklqt", unit: .seconds, better: .lower,
    definition:
      """
      Total kernel launch and queue time: from the host's decision until every worker has \
      started (queue + skew), plus the host time between launches (gap), summed over a forward \
      pass (a call, for a kernel).
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      a.perStep(a.gapNs + a.queueNs + a.skewNs, observation)
    }
  }
}
