// SPDX-License-Identifier: Apache-2.0

/// How long launches wait for a worker.
package enum LaunchQueue: MetricRule {
  package static let metric = Metric(
    id: "launch/queue", unit: .seconds, better: .lower,
    definition:
      """
      From the host's decision to launch until the first worker starts, summed over a forward \
      pass (a call, for a kernel).
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in a.perStep(a.queueNs, observation)
    }
  }
}
