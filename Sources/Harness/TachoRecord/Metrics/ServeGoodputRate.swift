// SPDX-License-Identifier: Apache-2.0

/// How many good answers a second were given.
package enum ServeGoodputRate: MetricRule {
  package static let metric = Metric(
    id: "serve/goodput-requests-per-second", unit: .requestsPerSecond, better: .higher,
    definition:
      """
      Completed requests that kept every promise (slo.ttft, slo.tpot, slo.e2el) over the run's \
      length; a latency that is not known breaks its promise, but for a TPOT of answers whose \
      tokens all came at once if slo.tpot_missing is ok. Null when nothing was promised.
      """)

  package static let peers = [
    "vLLM bench: a TPOT of one token counts as 0, which is good; AIPerf: a missing metric "
      + "is not good, as here."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      guard let levels = run.traffic?.levels, !levels.isEmpty else {
        return .unavailable("no slo.ttft, slo.tpot or slo.e2el was set")
      }
      return run.perSecond(Double(run.requests.filter { levels.areKept(by: $0) }.count))
    }
  }
}
