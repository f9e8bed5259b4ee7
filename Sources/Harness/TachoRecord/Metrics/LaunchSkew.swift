// SPDX-License-Identifier: Apache-2.0

/// How far apart workers start.
package enum LaunchSkew: MetricRule {
  package static let metric = Metric(
    id: "launch/skew", unit: .seconds, better: .lower,
    definition:
      """
      From the first worker's start to the last one's, summed over the launches of a forward \
      pass (a call, for a kernel).
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in a.perStep(a.skewNs, observation)
    }
  }
}
