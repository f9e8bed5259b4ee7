// SPDX-License-Identifier: Apache-2.0

/// What a kernel call costs in instructions.
package enum CounterInstructionsPerCall: MetricRule {
  package static let metric = Metric(
    id: "counters/instructions-per-call", unit: .count, better: .lower,
    definition:
      """
      Instructions over the kernel calls in the timed region, launching included. Null when instructions were not \
      counted in this sample, or there was no call.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .kernel, observation.counter(.instructions) != nil else { return nil }
    guard let calls = observation.iterations, calls > 0 else {
      return .unavailable("no call in the timed region")
    }
    return observation.combined([.instructions]) { $0[0] / Double(calls) }
  }
}
