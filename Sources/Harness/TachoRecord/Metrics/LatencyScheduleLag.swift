// SPDX-License-Identifier: Apache-2.0

/// How late the load generator was.
package enum LatencyScheduleLag: RequestQuantity {
  package static let metric = Metric(
    id: "latency/schedule-lag", unit: .seconds, better: .lower,
    definition:
      """
      Send minus the scheduled arrival. Null when either was not reported.
      """)

  package static let peers = [
    "AIPerf: replay_sched_lag, for traces; MLPerf LoadGen: issue_delay, in its trace."
  ]

  package static let distributionName = "schedule-lag"

  package static func values(of request: RequestMetrics) -> RequestValues {
    RequestValues(request.scheduleLag)
  }

  package static var statistics: [any RequestStatistic.Type] {
    [MedianOfRequests.self, Percentile99.self]
  }
}
