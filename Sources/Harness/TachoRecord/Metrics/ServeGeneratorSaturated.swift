// SPDX-License-Identifier: Apache-2.0

/// Whether the load generator could not keep its times.
package enum ServeGeneratorSaturated: MetricRule {
  package static let metric = Metric(
    id: "serve/generator-saturated", unit: .count, better: .lower,
    definition:
      """
      1 when the 99th percentile of latency/schedule-lag (type 7, of however many requests) \
      exceeds a tenth of the median latency/tpot or 5 ms, else 0: latencies then tell of the \
      generator, not of the engine. Null without schedule lags.
      """)

  package static let peers = [
    "AIPerf: a degraded flag for replayed traces, and a warning when its event loop lags "
      + "by 25 ms; others have none."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      let lags = run.requests.compactMap { $0.scheduleLag.number }
      guard !lags.isEmpty else { return .unavailable("no request has a schedule lag") }
      let paces = run.completed.compactMap { $0.tpot.number }
      let lag = WeightedSample(lags.map { WeightedValue($0) }).percentile(99)
      let pace =
        paces.isEmpty ? nil : WeightedSample(paces.map { WeightedValue($0) }).percentile(50)
      return .value(lag > 0.005 || lag > (pace ?? .infinity) / 10 ? 1 : 0)
    }
  }
}
