// SPDX-License-Identifier: Apache-2.0

extension GateAcceptances {
  /// What a finished job says of an entry.
  package enum Need: String, Sendable, Hashable, Codable {
    /// Something it covers is not shown to be within the suite's own margins.
    case needed
    /// All it covers is: the slowdown is not there.
    case unneeded
    /// The base has it already, and with it the slowdown: it moves nothing any more.
    case inBase
    /// Nothing it covers was measured well enough to tell: an interval takes 6 launch pairs.
    case unknown
  }
}

extension GateResult {
  /// Whether an acceptance is needed, by what was measured: its members' 95% intervals against the margins
  /// that they would have without it, its exact quantities against their budgets.
  package func need(of entry: GateAcceptances.Entry) -> GateAcceptances.Need {
    if entry.isNew == false { return .inBase }
    var known = false
    for (id, margins) in entry.members {
      guard let decision = decision(of: id), let high = decision.high else { continue }
      known = true
      if high >= margins.toleratedLog { return .needed }
    }
    for (id, budget) in entry.counts {
      let point = record.members.first { $0.role == .point && $0.series == [id] }
      guard let point, (decision(of: point.id)?.pairs ?? 0) > 0 else { continue }
      known = true
      let grew = differences.contains { difference in
        difference.seriesID == id && difference.quantity == entry.acceptance.metric
          && (difference.change.map { $0 > budget } ?? true)
      }
      if grew { return .needed }
    }
    return known ? .unneeded : .unknown
  }
}
