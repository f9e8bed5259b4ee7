// SPDX-License-Identifier: Apache-2.0

/// Mispredicted branches.
package enum CounterBranchMisses: MetricRule {
  package static let metric = Metric(
    id: "counters/branch-mpki", unit: .count, better: .lower,
    definition:
      """
      Mispredicted branches (perf's branch-misses) per 1000 instructions, both \
      of the same sample. Null when either was not counted in it, or they were not counted alike.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.ratio(.branchMisses, over: .instructions, times: 1000)
  }
}
