// SPDX-License-Identifier: Apache-2.0

/// How many tokens were unusually slow.
package enum StepSlowShare: MetricRule {
  package static let metric = Metric(
    id: "step/slow-share", unit: .ratio, better: .lower,
    definition:
      """
      Forward passes that took longer than the median of the up to 128 before them (of as many rows) \
      by more than three times their median absolute deviation and by 5%, over all. Null without \
      recorded steps.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let trace = observation.trace else { return nil }
    guard !trace.steps.isEmpty else { return .unavailable("no forward passes were recorded") }
    return .value(Double(trace.steps.count { $0.isSlow }) / Double(trace.steps.count))
  }
}
