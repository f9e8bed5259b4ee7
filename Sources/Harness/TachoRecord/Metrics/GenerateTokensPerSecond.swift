// SPDX-License-Identifier: Apache-2.0

/// Prompt and output together: llama-bench's pg.
package enum GenerateTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "generate/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Prompt plus output tokens over one timed region that holds both (llama-bench pg). Not a decode \
      speed: prompt tokens count like generated ones.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .promptAndDecode else { return nil }
    return observation.rate(
      Double(observation.promptTokens ?? 0) + Double(observation.outputTokens ?? 0))
  }
}
