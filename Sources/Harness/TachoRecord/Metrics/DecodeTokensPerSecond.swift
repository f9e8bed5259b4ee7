// SPDX-License-Identifier: Apache-2.0

/// How fast tokens are generated: llama-bench's tg, and the same of a request.
package enum DecodeTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "decode/tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Throughput (tg): output tokens over the timed region. Request: tokens after the first emission \
      over the time from the first to the last (1 / TPOT). Null when a request emitted only once.
      """)

  package static let peers = [
    "llama-bench: tg, the same as throughput here: no sampling, no tokenising.",
    "optimum-benchmark: generate() minus the mean prefill, over (new tokens - 1) of all beams.",
    "vLLM bench: output tokens over the whole run (serve/output-tokens-per-second).",
  ]

  package static func reading(of observation: Observation) -> Reading? {
    if observation.mode == .decode {
      return observation.rate(Double(observation.outputTokens ?? 0))
    }
    guard let perToken = LatencyTPOT.reading(of: observation) else { return nil }
    guard case .value(let seconds) = perToken else { return perToken }
    return seconds > 0 ? .value(1 / seconds) : .unavailable("the decode has no length")
  }
}
