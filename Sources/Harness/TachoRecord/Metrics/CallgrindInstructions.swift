// SPDX-License-Identifier: Apache-2.0

/// How many instructions a unit of work takes: exact, where times are not.
package enum CallgrindInstructions: InstrumentMetricRule {
  package static let metric = Metric(
    id: "callgrind/instructions", unit: .count, better: .lower,
    definition:
      """
      Instructions of the timed region (Ir of valgrind's callgrind, the AVX2 kernels on one thread) per \
      kernel call, per token read or generated, or per load. Equal for the same program and input. Null with \
      the reason when nothing could be counted.
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    observation.callgrindReading(["Ir"])
  }
}

extension Observation {
  /// The sum of some of callgrind's events per unit of work; nil when callgrind was not asked for.
  func callgrindReading(_ events: [String]) -> Reading? {
    guard let callgrind else { return nil }
    if let reason = callgrind.unavailable { return .unavailable(reason) }
    let counts = events.compactMap { callgrind.totals[$0] }
    guard counts.count == events.count else {
      return .unavailable("callgrind did not count \(events.joined(separator: ", "))")
    }
    let total = counts.reduce(0.0) { $0 + Double($1) }
    guard workUnits > 0 else { return .unavailable("no call in the timed region") }
    return .value(total / Double(workUnits))
  }

  /// Kernel calls, tokens, or 1 for the region as a whole.
  var workUnits: Int {
    if let iterations { return iterations }
    if load != nil { return 1 }
    let tokens = (promptTokens ?? 0) + (outputTokens ?? 0)
    return tokens > 0 ? tokens : 1
  }
}
