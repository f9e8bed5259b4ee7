// SPDX-License-Identifier: Apache-2.0

/// Every metric Tacho computes: one line each.
package enum MetricRules {
  package static let all: [any MetricRule.Type] = [
    SampleSeconds.self,
    SampleOverheadSeconds.self,
    PrefillTokensPerSecond.self,
    PrefillSeconds.self,
    DecodeTokensPerSecond.self,
    GenerateTokensPerSecond.self,
    LatencyTTFT.self,
    LatencyTTFTEngine.self,
    LatencyTPOT.self,
    LatencyITLMedian.self,
    LatencyE2EL.self,
    LatencyMaxStall.self,
    LoadSeconds.self,
    LoadRepackSeconds.self,
    LoadFirstTokenSeconds.self,
    KernelSeconds.self,
    KernelFlopsPerSecond.self,
    KernelBytesPerSecond.self,
    KernelReferenceError.self,
    MemoryPeakResident.self,
    DecodeBytesPerToken.self,
    DecodeBytesPerSecond.self,
    OSInvoluntarySwitches.self,
    OSMajorFaults.self,
    OSCPUSeconds.self,
  ]

  package static func metric(id: String) -> Metric? {
    all.first { $0.metric.id == id }?.metric
  }

  /// Every metric that applies to an observation, then the worker's own under ids that Tacho does not
  /// define: a worker cannot replace a definition, only add to the list.
  package static func measurements(of observation: Observation) -> [Measurement] {
    let defined = all.compactMap { rule in
      rule.reading(of: observation).map { Measurement(rule.metric, finite($0)) }
    }
    let extra = (observation.extra ?? [:]).sorted { $0.key < $1.key }
      .filter { metric(id: $0.key) == nil }
      .map { id, value in Measurement(foreignMetric(id: id), finite(.value(value))) }
    return defined + extra
  }

  /// A number that no store or report can hold is no number.
  private static func finite(_ reading: Reading) -> Reading {
    guard case .value(let number) = reading, !number.isFinite else { return reading }
    return .unavailable("not a finite number")
  }

  private static func foreignMetric(id: String) -> Metric {
    Metric(
      id: id, unit: .count, better: .neither, version: 0,
      definition: "Computed by the worker; Tacho does not define it.")
  }
}
