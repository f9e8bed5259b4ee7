// SPDX-License-Identifier: Apache-2.0

/// The most requests in flight at a time.
package enum ServePeakConcurrency: MetricRule {
  package static let metric = Metric(
    id: "serve/peak-concurrency", unit: .count, better: .neither,
    definition:
      """
      The largest number of requests between send and end at any time; one sent when another ends \
      does not count twice. Null when nothing was sent and ended.
      """)

  package static let peers = [
    "vLLM bench: peak concurrent requests, the same."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    LoadRun.reading(of: observation) { run in
      guard run.span != nil else { return .unavailable(LoadRun.noSpan) }
      let spans = run.requests.compactMap { request -> ClosedRange<Int>? in
        guard let sent = request.record.sentNs, let done = request.record.doneNs, sent <= done
        else { return nil }
        return sent...done
      }
      return .value(Double(SweepLine(spans).peak))
    }
  }
}
