// SPDX-License-Identifier: Apache-2.0

/// Prompt and output tokens together, over all of a run.
package enum ServeTotalTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "serve/total-tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Prompt and output tokens of completed requests, cached ones included, over the same time as \
      serve/output-tokens-per-second: not a generation speed, and several times larger. Null as \
      there, and when prompt tokens were not reported.
      """)

  package static let peers = [
    "InferenceX: throughput per GPU is this sum; vLLM bench: total token throughput."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      let prompts = run.completed.map(\.record.promptTokens)
      guard prompts.allSatisfy({ $0 != nil }) else {
        return .unavailable("the worker did not report promptTokens")
      }
      let read = prompts.reduce(0) { $0 + Double($1 ?? 0) }
      return run.perSecond(read + run.outputTokens)
    }
  }
}
