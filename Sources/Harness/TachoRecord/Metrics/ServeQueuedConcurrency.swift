// SPDX-License-Identifier: Apache-2.0

/// How many requests waited for the engine on average.
package enum ServeQueuedConcurrency: MetricRule {
  package static let metric = Metric(
    id: "serve/effective-concurrency/queued", unit: .ratio, better: .lower,
    definition:
      """
      The part of serve/effective-concurrency between send and admission. Null when no request \
      reports both.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.meanConcurrency(from: { $0.record.sentNs }, to: { $0.record.admittedNs })
    }
  }
}
