// SPDX-License-Identifier: Apache-2.0

/// The memory rate of a kernel against its declared minimum traffic.
package enum KernelBytesPerSecond: MetricRule {
  package static let metric = Metric(
    id: "kernel/bytes-per-second", unit: .bytesPerSecond, better: .higher,
    definition:
      """
      Declared minimum traffic of the timed region (weights, KV and activations, each once per call) \
      over its length; caches may serve part of it. Null when the worker declared none.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .kernel else { return nil }
    guard
      let bytes = observation.declaredBytes([\.weightBytes, \.kvBytes, \.activationBytes])
    else { return .unavailable("the worker declared no traffic") }
    return observation.rate(bytes)
  }
}
