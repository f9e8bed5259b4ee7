// SPDX-License-Identifier: Apache-2.0

/// How many requests were answered.
package enum ServeCompletedRequests: MetricRule {
  package static let metric = Metric(
    id: "serve/completed-requests", unit: .count, better: .higher,
    definition:
      """
      Requests of the run that were answered: those that latencies and rates are about.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      .value(Double(run.completed.count))
    }
  }
}
