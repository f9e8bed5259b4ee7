// SPDX-License-Identifier: Apache-2.0

/// The minimum traffic of one generated token.
package enum DecodeBytesPerToken: MetricRule {
  package static let metric = Metric(
    id: "decode/bytes-per-token", unit: .bytes, better: .lower,
    definition:
      """
      Declared weight and KV bytes of the timed region over its output tokens (weights actually \
      touched, KV actually read). Throughput decode (tg) only; null when the worker declared none.
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .decode else { return nil }
    guard let bytes = observation.declaredBytes([\.weightBytes, \.kvBytes]) else {
      return .unavailable("the worker declared no traffic")
    }
    return .value(bytes / Double(observation.outputTokens ?? 1))
  }
}
