// SPDX-License-Identifier: Apache-2.0

/// The typical wait for one more token.
package enum LatencyITLMedian: MetricRule {
  package static let metric = Metric(
    id: "latency/itl-median", unit: .seconds, better: .lower,
    definition:
      """
      Median over the tokens after the first emission of the gap to the previous emission divided by \
      the tokens it brought (an emission of k tokens counts k times). Null with a single emission.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    Emissions.reading(of: observation) { emissions in
      // A gap stands for as many tokens as it brought; expanding it could need a billion entries.
      let weighted = zip(emissions.gaps, emissions.tokens.dropFirst())
        .map { (latency: $0 / Double($1), count: $1) }
        .sorted { $0.latency < $1.latency }
      let total = weighted.reduce(0) { $0 + $1.count }
      guard total > 0 else { return .unavailable("only one emission") }
      func ranked(_ rank: Int) -> Double {
        var before = 0
        for entry in weighted {
          before += entry.count
          if rank < before { return entry.latency }
        }
        return weighted[weighted.count - 1].latency
      }
      return .value((ranked((total - 1) / 2) + ranked(total / 2)) / 2)
    }
  }
}
