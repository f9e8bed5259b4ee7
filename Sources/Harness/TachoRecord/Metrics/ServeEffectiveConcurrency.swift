// SPDX-License-Identifier: Apache-2.0

/// How many requests were in flight on average.
package enum ServeEffectiveConcurrency: MetricRule {
  package static let metric = Metric(
    id: "serve/effective-concurrency", unit: .ratio, better: .neither,
    definition:
      """
      Time-weighted mean number of requests between send and end, from the first send to the last \
      end (sweep line). By Little's law it is the achieved rate times the mean latency/e2el-send. \
      Null when nothing was sent and ended.
      """)

  package static let peers = [
    "AIPerf: effective concurrency, the same; vLLM bench: only the peak."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      run.meanConcurrency(from: { $0.record.sentNs }, to: { $0.record.doneNs })
    }
  }
}
