// SPDX-License-Identifier: Apache-2.0

/// How many requests a second were to arrive.
package enum ServeRequestRateOffered: MetricRule {
  package static let metric = Metric(
    id: "serve/request-rate-offered", unit: .requestsPerSecond, better: .neither,
    definition:
      """
      Requests less one over the time from the first to the last scheduled arrival; arrivals are \
      a true process, never rescaled to end at a given time. Null in a closed loop, whose \
      arrivals follow the engine, and for fewer than two arrivals.
      """)

  package static let peers = [
    "vLLM bench: the rate asked for; its arrivals are stretched so that the last one "
      + "comes at n / rate."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      guard run.traffic?.closedLoop == false else {
        return .unavailable("a closed loop offers a request when another is done")
      }
      let times = run.requests.compactMap(\.record.scheduledNs)
      guard times.count > 1, let first = times.min(), let last = times.max(), first < last else {
        return .unavailable("fewer than two scheduled arrivals, or all at one time")
      }
      return .value(Double(times.count - 1) / Nanoseconds.seconds(from: first, to: last))
    }
  }
}
