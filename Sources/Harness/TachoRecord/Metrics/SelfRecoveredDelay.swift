// SPDX-License-Identifier: Apache-2.0

/// How much of a delay that was put into a kernel on purpose the launch times show.
package enum SelfRecoveredDelay: MetricRule {
  package static let metric = Metric(
    id: "self/recovered-delay", unit: .ratio, better: .neither,
    definition:
      """
      Of launches with an injected delay (inject.op, inject.ratio): the time in the launch (exec) over \
      that of the same layer's launch in a neighbouring forward pass without the delay, minus 1; the \
      median over all such pairs. To be compared with inject.ratio. Null when inject.every is 1, \
      because then no forward pass is without.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let injection = observation.injection, let trace = observation.trace else { return nil }
    guard !trace.isPartial, trace.omittedLaunches == 0 else {
      return .unavailable("not every launch was recorded")
    }
    guard injection.every > 1 else {
      return .unavailable("inject.every is 1: no forward pass is without the delay")
    }
    struct Place: Hashable {
      let op: String
      let layer: Int
      let occurrence: Int
    }
    // The n-th launch of an operation in a layer is compared with the n-th of the other pass.
    var steps: [Int: [Place: Int]] = [:]
    var seen: [Int: [Place: Int]] = [:]
    for launch in trace.launches where injection.names(launch.op) {
      let kind = Place(op: launch.op, layer: launch.layer, occurrence: 0)
      let occurrence = seen[launch.step, default: [:]][kind, default: 0]
      seen[launch.step, default: [:]][kind] = occurrence + 1
      let place = Place(op: launch.op, layer: launch.layer, occurrence: occurrence)
      steps[launch.step, default: [:]][place] = launch.execNs
    }
    let rows = Dictionary(trace.steps.map { ($0.step, $0.rows) }) { first, _ in first }
    var ratios: [Double] = []
    for (step, launches) in steps where injection.delays(step: step) {
      let near = [step - 1, step + 1].filter {
        steps[$0] != nil && rows[$0] == rows[step] && !injection.delays(step: $0)
      }
      guard !near.isEmpty else { continue }
      // One by one: the mean of two neighbours lies above their middle where times have a tail.
      for neighbour in near {
        for (place, ns) in launches {
          guard let plain = steps[neighbour]?[place], plain > 0 else { continue }
          ratios.append(Double(ns) / Double(plain))
        }
      }
    }
    guard !ratios.isEmpty else {
      return .unavailable("no launch of \(injection.op) has a like one without the delay beside it")
    }
    ratios.sort()
    let middle = ratios.count / 2
    let median =
      ratios.count % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2
    return .value(median - 1)
  }
}
