// SPDX-License-Identifier: Apache-2.0

/// Last-level cache misses, which go to memory.
package enum CounterLLCMisses: MetricRule {
  package static let metric = Metric(
    id: "counters/llc-mpki", unit: .count, better: .lower,
    definition:
      """
      Misses of the last-level cache (perf's cache-misses) per 1000 instructions, both \
      of the same sample. Null when either was not counted in it, or they were not counted alike.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.llcMisses, over: .instructions, times: 1000)
  }
}
