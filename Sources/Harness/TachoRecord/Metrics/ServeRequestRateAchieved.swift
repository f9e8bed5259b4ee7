// SPDX-License-Identifier: Apache-2.0

/// How many requests a second were answered.
package enum ServeRequestRateAchieved: MetricRule {
  package static let metric = Metric(
    id: "serve/request-rate-achieved", unit: .requestsPerSecond, better: .higher,
    definition:
      """
      Completed requests over the time from the first send to the last end. Well below \
      serve/request-rate-offered the engine is overloaded. Null when nothing was sent and ended.
      """)

  package static let peers = ["vLLM bench: request throughput, the same."]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.perSecond(Double(run.completed.count))
    }
  }
}
