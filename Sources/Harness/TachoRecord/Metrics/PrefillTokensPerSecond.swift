// SPDX-License-Identifier: Apache-2.0

/// How fast a prompt is read: llama-bench's pp, and the same of a request.
package enum PrefillTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "prefill/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Prompt tokens not served from a cache over prefill/seconds. Throughput: no sampling, no \
      tokenising (llama-bench pp). Request: from admission to the first emission, sampling included. \
      Null without a token.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let duration = PrefillSeconds.reading(of: observation) else { return nil }
    guard case .value(let seconds) = duration else { return duration }
    guard let prompt = observation.promptTokens else {
      return .unavailable("the worker did not report promptTokens")
    }
    let read = Double(prompt) - Double(observation.cachedTokens ?? 0)
    guard read > 0 else { return .unavailable("every prompt token came from a cache") }
    guard seconds > 0 else { return .unavailable("the prefill has no length") }
    return .value(read / seconds)
  }
}
