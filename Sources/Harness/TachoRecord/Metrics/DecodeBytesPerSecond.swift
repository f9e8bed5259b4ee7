// SPDX-License-Identifier: Apache-2.0

/// The memory rate a decode reaches against its declared minimum traffic.
package enum DecodeBytesPerSecond: MetricRule {
  package static let metric = Metric(
    id: "decode/bytes-per-second", unit: .bytesPerSecond, better: .higher,
    definition:
      """
      Declared weight and KV bytes of the timed region over its length; over the machine's read \
      bandwidth it is MBU. Throughput decode (tg) only; null when the worker declared none.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .decode else { return nil }
    guard let bytes = observation.declaredBytes([\.weightBytes, \.kvBytes]) else {
      return .unavailable("the worker declared no traffic")
    }
    return observation.rate(bytes)
  }
}
