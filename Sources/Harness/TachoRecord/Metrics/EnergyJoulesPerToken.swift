// SPDX-License-Identifier: Apache-2.0

/// What a token costs in energy.
package enum EnergyJoulesPerToken: MetricRule {
  package static let metric = Metric(
    id: "energy/joules-per-token", unit: .joules, better: .lower,
    definition:
      """
      Joules of all packages, and of memory where it is counted apart, less their power at idle times the length of \
      the region, per token: of the prompt in a prefill sample, of the output in every other. Null with the reason as \
      energy/package-joules.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let energy = observation.energy else { return nil }
    let tokens: Int?
    switch observation.mode {
    case .prefill: tokens = observation.promptTokens
    case .decode, .promptAndDecode, .request, .serve: tokens = observation.outputTokens
    case .kernel, .load, .instrumented, .other: return nil
    }
    let reading = energy.joulesAboveIdle()
    guard case .value(let joules) = reading else { return reading }
    guard let tokens, tokens > 0 else { return .unavailable("no token in the timed region") }
    return .value(joules / Double(tokens))
  }
}
