// SPDX-License-Identifier: Apache-2.0

/// Loads whose page was in no translation buffer: huge pages lower it.
package enum CounterDTLBMisses: MetricRule {
  package static let metric = Metric(
    id: "counters/dtlb-mpki", unit: .count, better: .lower,
    definition:
      """
      Data TLB misses of loads (perf's dTLB-load-misses) per 1000 instructions, both \
      of the same sample. Null when either was not counted in it, or they were not counted alike.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.dtlbMisses, over: .instructions, times: 1000)
  }
}
