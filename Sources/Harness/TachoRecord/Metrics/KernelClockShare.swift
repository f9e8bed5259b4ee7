// SPDX-License-Identifier: Apache-2.0

/// How much of the time of calls that are timed one by one may be the clock's.
package enum KernelClockShare: MetricRule {
  package static let metric = Metric(
    id: "kernel/clock-share", unit: .ratio, better: .lower,
    definition:
      """
      What reading the clock once costs, for each call, over the timed region, where each call is timed by \
      itself (kernel.cache other than hot). It is not subtracted: above a few percent the call is too short \
      to be timed alone. Null when the region has no length.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let eviction = observation.eviction else { return nil }
    guard let calls = observation.iterations, calls > 0, observation.seconds > 0 else {
      return .unavailable("the timed region has no length")
    }
    return .value(eviction.clockNs * Double(calls) / 1e9 / observation.seconds)
  }
}
