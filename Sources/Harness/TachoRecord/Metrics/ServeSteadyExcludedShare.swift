// SPDX-License-Identifier: Apache-2.0

/// How much of a run the steady window leaves out.
package enum ServeSteadyExcludedShare: MetricRule {
  package static let metric = Metric(
    id: "serve/steady-excluded-share", unit: .ratio, better: .lower,
    definition:
      """
      The part of the run, first send to last end, outside the window of \
      serve/steady-output-tokens-per-second. Null without a window.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.steadyReading { window in
        .value(window.excludedShare)
      }
    }
  }
}
