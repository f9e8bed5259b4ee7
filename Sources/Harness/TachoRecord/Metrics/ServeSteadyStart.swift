// SPDX-License-Identifier: Apache-2.0

/// Where the steady window begins.
package enum ServeSteadyStart: MetricRule {
  package static let metric = Metric(
    id: "serve/steady-start-seconds", unit: .seconds, better: .neither,
    definition:
      """
      When the window of serve/steady-output-tokens-per-second begins, from the first send. Null \
      without a window.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.steadyReading { window in
        guard let span = run.span else { return .unavailable(LoadRun.noSpan) }
        return .value(Nanoseconds.seconds(from: span.begin, to: window.begin))
      }
    }
  }
}
