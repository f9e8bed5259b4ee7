// SPDX-License-Identifier: Apache-2.0

/// How long repacking weights takes.
package enum LoadRepackSeconds: MetricRule {
  package static let metric = Metric(
    id: "load/repack-seconds", unit: .seconds, better: .lower,
    definition:
      """
      The part of load/seconds in which quantised weights are repacked for the vector kernels, on all \
      worker threads, page faults of their memory included. Null where nothing was repacked. Only kind \
      load.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.load.map {
      $0.repackedBytes > 0
        ? .value(Double($0.repackNs) / 1e9)
        : .unavailable(
          "no weights were repacked: weights.repack, the format or the instruction set")
    }
  }
}
