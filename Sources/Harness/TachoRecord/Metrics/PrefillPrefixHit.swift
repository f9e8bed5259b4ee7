// SPDX-License-Identifier: Apache-2.0

/// How much of a prompt came from a cache.
package enum PrefillPrefixHit: MetricRule {
  package static let metric = Metric(
    id: "prefill/prefix-hit", unit: .ratio, better: .higher,
    definition:
      """
      Prompt tokens served from a cache over prompt tokens; in a load run the sums over completed \
      requests. Null when the worker reported either not.
      """)

  package static let peers = ["AIPerf: from the usage that a server reports."]

  package static func reading(of observation: Observation) -> Reading? {
    switch observation.mode {
    case .request: return RequestMetrics(RequestRecord(observation)).prefixHit
    case .serve: return LoadRun.reading(of: observation) { ofRun($0.completed) }
    default: return nil
    }
  }

  private static func ofRun(_ requests: [RequestMetrics]) -> Reading {
    guard !requests.isEmpty else { return .unavailable("no request was completed") }
    var (prompt, cached) = (0.0, 0.0)
    for request in requests {
      if case .unavailable(let reason) = request.prefixHit { return .unavailable(reason) }
      prompt += Double(request.record.promptTokens ?? 0)
      cached += Double(request.record.cachedTokens ?? 0)
    }
    return .value(cached / prompt)
  }
}
