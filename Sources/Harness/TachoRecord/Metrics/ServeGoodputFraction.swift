// SPDX-License-Identifier: Apache-2.0

/// Which part of the requests got a good answer.
package enum ServeGoodputFraction: MetricRule {
  package static let metric = Metric(
    id: "serve/goodput-fraction", unit: .ratio, better: .higher,
    definition:
      """
      Requests that kept every promise over all requests, failed ones included. Null when nothing \
      was promised, or without requests.
      """)

  package static let peers = [
    "AIPerf: good request fraction; MLPerf Server: valid or not by a fixed percentile."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      guard let levels = run.traffic?.levels, !levels.isEmpty else {
        return .unavailable("no slo.ttft, slo.tpot or slo.e2el was set")
      }
      guard !run.requests.isEmpty else { return .unavailable("there was no request") }
      let good = run.requests.filter { levels.areKept(by: $0) }.count
      return .value(Double(good) / Double(run.requests.count))
    }
  }
}
