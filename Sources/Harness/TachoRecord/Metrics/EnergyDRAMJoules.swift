// SPDX-License-Identifier: Apache-2.0

/// The energy of memory over a timed region.
package enum EnergyDRAMJoules: MetricRule {
  package static let metric = Metric(
    id: "energy/dram-joules", unit: .joules, better: .lower,
    definition:
      """
      Joules of the memory behind all packages over the timed region (RAPL's domain dram), idle power included. Null \
      with the reason as energy/package-joules, and where memory has no counter of its own.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.energy?.joules(.dram)
  }
}
