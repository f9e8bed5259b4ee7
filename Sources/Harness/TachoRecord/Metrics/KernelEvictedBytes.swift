// SPDX-License-Identifier: Apache-2.0

/// How much was driven out of the caches before each timed call.
package enum KernelEvictedBytes: MetricRule {
  package static let metric = Metric(
    id: "kernel/evicted-bytes", unit: .bytes, better: .neither,
    definition:
      """
      Bytes of the cache lines evicted before each timed call, outside the timed region (kernel.cache). \
      Null when the check after the sample found lines still in a cache: loads of evicted lines in random order, \
      each after the one before, must take 50 ns and 4 times what the same loads take again. Not \
      defined for kernel.cache: hot.
      """)

  package static let peers = [
    "NVBench: cold measurements flush the GPU's L2 alone; hot ones run in a batch without."
  ]

  package static func reading(of observation: Observation) -> Reading? {
    observation.eviction.map {
      $0.failure.map { .unavailable($0) } ?? .value(Double($0.bytesPerCall))
    }
  }
}
