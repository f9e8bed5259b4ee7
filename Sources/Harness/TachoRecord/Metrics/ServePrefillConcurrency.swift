// SPDX-License-Identifier: Apache-2.0

/// How many prompts were being read on average.
package enum ServePrefillConcurrency: MetricRule {
  package static let metric = Metric(
    id: "serve/effective-concurrency/prefill", unit: .ratio, better: .neither,
    definition:
      """
      The part of serve/effective-concurrency between admission and first emission. Null when no \
      request reports both.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.meanConcurrency(from: { $0.record.admittedNs }, to: { $0.emissions?.first })
    }
  }
}
