// SPDX-License-Identifier: Apache-2.0

/// How many kernels a token takes.
package enum LaunchesPerStep: MetricRule {
  package static let metric = Metric(
    id: "launch/per-step", unit: .count, better: .neither,
    definition:
      """
      Kernel launches per forward pass (per call, for a kernel).
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      .value(
        Double(a.launches) / Double(max(1, a.steps > 0 ? a.steps : observation.iterations ?? 1)))
    }
  }
}
