// SPDX-License-Identifier: Apache-2.0
import TachoRecord

extension CSVTree {
  /// One row for each request of a load run, with its own latencies under the metrics' ids (seconds, and
  /// tokens a second), and the reason in words where the request failed.
  static func requests(_ results: ResultSet) -> CSVText {
    let quantities = MetricRules.requestQuantities
    var csv = CSVText(
      header: [
        "run", "sample", "request", "scheduled_ns", "sent_ns", "admitted_ns", "first_emission_ns",
        "done_ns", "prompt_tokens", "cached_tokens", "output_tokens", "emissions", "ended_by_eos",
        "failure", "output_fingerprint",
      ] + quantities.map { $0.metric.id })
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for (position, request) in (sample.observation.requests ?? []).enumerated() {
        let metrics = RequestMetrics(request)
        csv.append(
          [sample.runID, String(sample.index), String(position)] + fields(request)
            + quantities.map { CSVText.number($0.values(of: metrics).median.number) })
      }
    }
    return csv
  }

  private static func fields(_ request: RequestRecord) -> [String] {
    let numbers = [
      request.scheduledNs, request.sentNs, request.admittedNs, request.emissionNs?.first,
      request.doneNs, request.promptTokens, request.cachedTokens, request.outputTokens,
      request.emissionNs?.count,
    ]
    return numbers.map { $0.map { String($0) } ?? "" }
      + [
        request.endedByEOS.map { $0 ? "true" : "false" } ?? "", request.failure ?? "",
        request.outputFingerprint ?? "",
      ]
  }
}
