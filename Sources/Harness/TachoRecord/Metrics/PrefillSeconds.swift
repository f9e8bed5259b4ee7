// SPDX-License-Identifier: Apache-2.0

/// How long a prompt takes to be read.
package enum PrefillSeconds: MetricRule {
  package static let metric = Metric(
    id: "prefill/seconds", unit: .seconds, better: .lower,
    definition:
      """
      Throughput (pp): the timed region. Request: first emission minus admission (the engine's own \
      part of TTFT). Load: from the model being ready to the end, the first and cold one. Null without a token; not defined where prompt and output share one timed region.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    switch observation.mode {
    case .prefill: return .value(observation.seconds)
    case .request: return LatencyTTFTEngine.reading(of: observation)
    case .load:
      return observation.load.map {
        .value(Nanoseconds.seconds(from: $0.readyNs, to: observation.endNs))
      }
    default: return nil
    }
  }
}
