// SPDX-License-Identifier: Apache-2.0

/// Where the time of a sample went, from what was recorded in it: the parts add up to the timed region.
///
///     timed region = launches (queue + exec) + host time inside forward passes (gap)
///                  + named host work outside them (spans) + residual
///
/// All in nanoseconds; sums over the sample.
package struct LaunchAccount: Sendable {
  package var steps = 0
  package var launches = 0
  package var totalNs = 0
  /// Enqueue to first start, first to last start, first start to the barrier left.
  package var queueNs = 0
  package var skewNs = 0
  package var execNs = 0
  /// The workers' waiting for each other, summed over workers; nil where workers are not told apart.
  package var barrierWaitNs: Int?
  /// Of launches with several workers: the longest worker's time and the mean worker's, summed.
  package var longestBusyNs = 0
  package var meanBusyNs = 0.0
  /// Host time between launches: inside forward passes, or anywhere when the sample has none.
  package var gapNs = 0
  /// Named host work, by name in order of first appearance.
  package var spans: [(name: String, ns: Int)] {
    spanOrder.map { ($0, spanNs[$0] ?? 0) }
  }
  private var spanOrder: [String] = []
  private var spanNs: [String: Int] = [:]
  /// What none of these covers.
  package var residualNs = 0

  /// Nil when the trace does not hold every launch of the sample.
  package init?(_ trace: SampleTrace, startNs: Int, endNs: Int) {
    guard !trace.isPartial, trace.omittedLaunches == 0, !trace.launches.isEmpty else { return nil }
    steps = trace.steps.count
    launches = trace.launches.count
    totalNs = endNs &- startNs
    let toldApart = trace.launches.allSatisfy { !$0.workerNs.isEmpty }
    if toldApart { barrierWaitNs = 0 }
    var inLaunches = 0
    for launch in trace.launches {
      queueNs &+= launch.queueNs
      skewNs &+= launch.skewNs
      execNs &+= launch.execNs
      inLaunches &+= launch.endNs - launch.enqueueNs
      guard launch.workerNs.count > 2 else { continue }
      barrierWaitNs? &+= launch.barrierWaitNs
      let busy = launch.busyNs
      longestBusyNs &+= busy.max() ?? 0
      meanBusyNs += Double(busy.reduce(0, &+)) / Double(busy.count)
    }
    for span in trace.spans {
      if spanNs[span.name] == nil { spanOrder.append(span.name) }
      spanNs[span.name, default: 0] &+= span.endNs - span.startNs
    }
    let named = spanNs.values.reduce(0, &+)
    if steps > 0 {
      gapNs = trace.steps.reduce(0) { $0 &+ ($1.endNs - $1.startNs) } &- inLaunches
      residualNs = totalNs &- inLaunches &- gapNs &- named
    } else {
      gapNs = totalNs &- inLaunches &- named
    }
  }

  /// Of a sample's observation; nil when nothing, or not everything, was recorded in it.
  package init?(_ observation: Observation) {
    guard let trace = observation.trace else { return nil }
    self.init(trace, startNs: observation.startNs, endNs: observation.endNs)
  }

  /// A launch metric's reading: nil where no launches were recorded, the reason where too few were.
  static func reading(
    of observation: Observation, _ formula: (LaunchAccount) -> Reading
  ) -> Reading? {
    guard let trace = observation.trace else { return nil }
    if trace.isPartial { return .unavailable("only launches around slow steps were recorded") }
    if trace.omittedLaunches > 0 {
      return .unavailable("\(trace.omittedLaunches) launches were not kept: there was no room")
    }
    guard let account = LaunchAccount(observation) else {
      return .unavailable("no launches were recorded in the sample")
    }
    return formula(account)
  }

  /// Nanoseconds over the sample as seconds per forward pass (per call, for a kernel).
  func perStep(_ ns: Int, _ observation: Observation) -> Reading {
    let count = steps > 0 ? steps : (observation.iterations ?? 1)
    return .value(Double(ns) / 1e9 / Double(max(1, count)))
  }
}
