// SPDX-License-Identifier: Apache-2.0

/// The mean pace of a request after its first emission.
package enum LatencyTPOT: MetricRule {
  package static let metric = Metric(
    id: "latency/tpot", unit: .seconds, better: .lower,
    definition:
      """
      Time from the first to the last emission over the tokens after the first emission: \
      (t_n - t_1) / (n_out - k_1). Null when no token came after the first emission. Peers divide by \
      n_out - 1 even if the first emission held several tokens.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    Emissions.reading(of: observation) { emissions in
      let later = emissions.tokenCount - emissions.firstTokens
      guard later > 0 else { return .unavailable("no token after the first emission") }
      return .value(
        Nanoseconds.seconds(from: emissions.first, to: emissions.last) / Double(later))
    }
  }
}
