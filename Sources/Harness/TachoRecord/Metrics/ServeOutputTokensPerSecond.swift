// SPDX-License-Identifier: Apache-2.0

/// What a load run generated, over all of its time.
package enum ServeOutputTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "serve/output-tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Output tokens of completed requests over the time from the first send to the last end of \
      any request, ramp-up and drain included. Null when nothing was sent and ended.
      """)

  package static let peers = [
    "vLLM bench, AIPerf, GenAI-Perf: the same span; InferenceX divides total tokens (in "
      + "and out) by GPUs."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.perSecond(run.outputTokens)
    }
  }
}
