// SPDX-License-Identifier: Apache-2.0

/// The share of time in which no kernel runs because none was launched yet.
package enum LaunchHostOverhead: MetricRule {
  package static let metric = Metric(
    id: "launch/host-overhead", unit: .ratio, better: .lower,
    definition:
      """
      Host time between launches and queueing (gap + queue) over the timed region.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      a.totalNs > 0
        ? .value(Double(a.gapNs + a.queueNs) / Double(a.totalNs))
        : .unavailable("the timed region has no length")
    }
  }
}
