// SPDX-License-Identifier: Apache-2.0

/// How long workers wait for each other.
package enum LaunchBarrierWait: MetricRule {
  package static let metric = Metric(
    id: "launch/barrier-wait", unit: .seconds, better: .lower,
    definition:
      """
      Time that workers wait for the last of them and for the caller to leave the barrier, \
      summed over workers and over the launches of a forward pass (a call, for a kernel) with \
      several workers. Null where the engine does not tell workers apart.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      a.barrierWaitNs.map { a.perStep($0, observation) }
        ?? .unavailable("the engine does not tell its workers apart")
    }
  }
}
