// SPDX-License-Identifier: Apache-2.0

/// The energy of the processors over a timed region.
package enum EnergyPackageJoules: MetricRule {
  package static let metric = Metric(
    id: "energy/package-joules", unit: .joules, better: .lower,
    definition:
      """
      Joules of all processor packages over the timed region (RAPL), idle power included. Null with the reason \
      when there are no such counters, they cannot be read, or other programs used over 5% of the processors.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.energy?.joules(.package)
  }
}
