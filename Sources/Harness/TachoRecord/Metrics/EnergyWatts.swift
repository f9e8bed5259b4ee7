// SPDX-License-Identifier: Apache-2.0

/// The power of the machine's processors and memory over a timed region.
package enum EnergyWatts: MetricRule {
  package static let metric = Metric(
    id: "energy/watts", unit: .watts, better: .lower,
    definition:
      """
      Joules of all packages, and of memory where it is counted apart, over the length of the timed region; idle \
      power included. Null with the reason as energy/package-joules.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let energy = observation.energy else { return nil }
    var joules = 0.0
    for kind in [EnergyReading.Domain.Kind.package, .dram]
    where kind == .package || energy.has(kind) {
      let reading = energy.joules(kind)
      guard case .value(let part) = reading else { return reading }
      joules += part
    }
    guard energy.seconds > 0 else { return .unavailable("the timed region has no length") }
    return .value(joules / energy.seconds)
  }
}
