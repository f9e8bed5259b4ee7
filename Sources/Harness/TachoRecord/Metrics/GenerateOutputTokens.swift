// SPDX-License-Identifier: Apache-2.0

/// How many tokens a sample generated.
package enum GenerateOutputTokens: MetricRule {
  package static let metric = Metric(
    id: "generate/output-tokens", unit: .count, better: .neither,
    definition:
      """
      Tokens generated in the timed region; of a request fewer than asked for when it ended early. Only for \
      what generates.
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    guard [.request, .decode, .promptAndDecode].contains(observation.mode) else { return nil }
    return observation.outputTokens.map { .value(Double($0)) }
  }
}
