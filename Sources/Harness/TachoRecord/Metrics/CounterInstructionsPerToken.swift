// SPDX-License-Identifier: Apache-2.0

/// What a token costs in instructions.
package enum CounterInstructionsPerToken: MetricRule {
  package static let metric = Metric(
    id: "counters/instructions-per-token", unit: .count, better: .lower,
    definition:
      """
      Instructions over the output tokens of a decode sample (tg), or over the prompt's tokens that came from no \
      cache of a prefill sample (pp). Null when instructions were not counted in this sample.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    let tokens: Double
    switch observation.mode {
    case .decode: tokens = Double(observation.outputTokens ?? 0)
    case .prefill:
      tokens = Double(observation.promptTokens ?? 0) - Double(observation.cachedTokens ?? 0)
    default: return nil
    }
    guard observation.counter(.instructions) != nil else { return nil }
    guard tokens > 0 else { return .unavailable("every prompt token came from a cache") }
    return observation.combined([.instructions]) { $0[0] / tokens }
  }
}
