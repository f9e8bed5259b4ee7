// SPDX-License-Identifier: Apache-2.0

/// How many requests were not answered.
package enum ServeFailedRequests: MetricRule {
  package static let metric = Metric(
    id: "serve/failed-requests", unit: .count, better: .lower,
    definition:
      """
      Requests of the run that failed; the reason of each is stored with it. They are in no \
      latency, and not good.
      """)

  package static let peers = [
    "AIPerf: percentiles can count failed requests as infinite; vLLM bench: leaves them "
      + "out."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      .value(Double(run.failed.count))
    }
  }
}
