// SPDX-License-Identifier: Apache-2.0

/// What a load run generates once it is in its stride.
package enum ServeSteadyTokensPerSecond: MetricRule {
  package static let metric = Metric(
    id: "serve/steady-output-tokens-per-second", unit: .tokensPerSecond, better: .higher,
    definition:
      """
      Output tokens of completed requests that became readable inside the steady window, over its \
      length. Closed loop: the longest span with at least 95% of the peak number of requests in \
      flight. Open loop: from where MSER-5 cuts end-to-end latencies to the last arrival. Null \
      when there is no such window, or when it is less than a tenth of the run.
      """)

  package static let peers = [
    "None detects it; GenAI-Perf (perf_analyzer) waits for three stable windows, AIPerf "
      + "has time slices and effective rates."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.steadyReading { window in
        .value(run.outputTokens(from: window.begin, to: window.end) / window.seconds)
      }
    }
  }
}
