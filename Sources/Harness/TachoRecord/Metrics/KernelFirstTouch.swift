// SPDX-License-Identifier: Apache-2.0

/// What a load costs that finds its line evicted.
package enum KernelFirstTouch: MetricRule {
  package static let metric = Metric(
    id: "kernel/first-touch-seconds", unit: .seconds, better: .neither,
    definition:
      """
      Mean time of up to 512 loads from evicted lines in random order, each after the one before, taken after \
      the sample's last call and another eviction, the best of three rounds: the latency that the evicted operands met, \
      address translation included. Null without a line to load. Not defined for kernel.cache: hot.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.eviction.map {
      $0.bytesPerCall > 0
        ? .value($0.firstTouchNs / 1e9) : .unavailable("nothing was evicted that could be loaded")
    }
  }
}
