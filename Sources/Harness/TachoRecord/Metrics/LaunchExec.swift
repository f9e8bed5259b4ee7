// SPDX-License-Identifier: Apache-2.0

/// The time inside kernels.
package enum LaunchExec: MetricRule {
  package static let metric = Metric(
    id: "launch/exec", unit: .seconds, better: .lower,
    definition:
      """
      Time in kernel launches from the first worker's start until the caller has left the \
      barrier, summed over a forward pass (a call, for a kernel).
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in a.perStep(a.execNs, observation)
    }
  }
}
