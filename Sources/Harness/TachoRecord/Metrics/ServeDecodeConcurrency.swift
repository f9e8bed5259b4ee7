// SPDX-License-Identifier: Apache-2.0

/// How many answers were being generated on average.
package enum ServeDecodeConcurrency: MetricRule {
  package static let metric = Metric(
    id: "serve/effective-concurrency/decode", unit: .ratio, better: .neither,
    definition:
      """
      The part of serve/effective-concurrency between first emission and end. Null when no \
      request reports both.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.meanConcurrency(from: { $0.emissions?.first }, to: { $0.record.doneNs })
    }
  }
}
