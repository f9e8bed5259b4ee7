// SPDX-License-Identifier: Apache-2.0

/// Many series analysed as one family.
///
/// Every window of every series is one test of whether anything changed; their p-values are adjusted together
/// by Benjamini and Hochberg, so that of the windows shown as suspicious at most `falseDiscoveryRate` have
/// no change, in expectation. What is found is a suspicion: confirming it takes a comparison of the two builds.
package struct HistoryAnalysis: Sendable {
  package static let falseDiscoveryRate = 0.05

  /// One series and what was found.
  package struct Result: Sendable {
    package let series: HistorySeries
    package let changes: SeriesChanges
    /// Parallel to the change points: the larger of their window's adjusted p and their own.
    package let adjusted: [Double]

    /// The change points that are left as suspicions after adjustment, with their adjusted p.
    package var suspicions: [(point: ChangePoint, p: Double)] {
      zip(changes.changePoints, adjusted).filter { $0.1 <= falseDiscoveryRate }.map { ($0, $1) }
    }
  }

  /// Parallel to the series given.
  package let results: [Result]

  /// Identities must differ: equal ones would make equal random draws of different series.
  package init(_ series: [HistorySeries], rules given: RankEDivisive = RankEDivisive()) {
    var rules = given
    let windows = series.reduce(0) { $0 + given.starts(count: $1.values.count).count }
    // One change among many series must be able to pass the adjustment.
    rules.smallestP = min(
      given.smallestP, Self.falseDiscoveryRate / Double(max(windows, 1)))
    let changes = series.map { $0.changes(by: rules) }
    let all = changes.flatMap(\.windows)
    let adjusted = BenjaminiHochberg.adjusted(all.map(\.p))
    var place = 0
    results = zip(series, changes).map { series, changes in
      var ofWindow: [Int: Double] = [:]
      for window in changes.windows {
        ofWindow[window.start] = adjusted[place]
        place += 1
      }
      return Result(
        series: series, changes: changes,
        adjusted: changes.changePoints.map { max($0.p, ofWindow[$0.window] ?? 1) })
    }
  }

  /// How many windows were tested.
  package var tests: Int { results.reduce(0) { $0 + $1.changes.windows.count } }
}
