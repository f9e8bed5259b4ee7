// SPDX-License-Identifier: Apache-2.0

/// Whether the recorded parts explain the whole time.
package enum StepResidual: MetricRule {
  package static let metric = Metric(
    id: "step/residual", unit: .ratio, better: .lower,
    definition:
      """
      What is left of the timed region when launches (queue + exec), the host time inside \
      forward passes and named host work (sampling, detokenising) are taken away, over the \
      timed region. Above 1% in either direction the parts do not explain the whole. Null for \
      samples without forward passes.
      """)

  /// More than this share either way is reported as an event of the run.
  package static let limit = 0.01

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      guard a.steps > 0 else { return .unavailable("the sample has no forward passes") }
      guard a.totalNs > 0 else { return .unavailable("the timed region has no length") }
      return .value(Double(a.residualNs) / Double(a.totalNs))
    }
  }
}
