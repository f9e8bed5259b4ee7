// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Which statistic of a launch varies least between launches of the same thing (A/A data).
///
/// In a quiet memory-bound kernel that is the median, on a busy machine a low percentile: it is a
/// property of benchmark and machine and has to be measured. Low percentiles do not see a change of the
/// tail; whoever takes one watches the tail with another.
package struct TightestStatistic: Sendable, Hashable {
  /// How much one statistic varies between launches.
  package struct Spread: Sendable, Hashable {
    package let statistic: LaunchStatistic
    /// 1.4826 times the median absolute deviation of the logarithms: a relative standard deviation
    /// that a few bad launches do not move.
    package let robust: Double
    /// The plain standard deviation of the logarithms, which they do.
    package let standardDeviation: Double
    /// 95% interval of `robust` by resampling launches; from fewer than 20 launches a hint.
    package let interval: ClosedRange<Double>
  }

  static let resamples = 2_000

  package let launches: Int
  /// In the order of the statistics asked for.
  package let spreads: [Spread]
  /// The one with the smallest robust spread, the first of equals.
  package let tightest: LaunchStatistic
  /// The share of resamples in which it has the smallest spread: near 1 the choice is clear, near one
  /// over the number of statistics it is a toss.
  package let confidence: Double

  /// Nil without statistics, with fewer than 3 launches that have samples, or with a statistic that is
  /// not above 0.
  package init?(
    launches: [[Double]], among statistics: [LaunchStatistic] = LaunchStatistic.allCases,
    seed: UInt64 = 1
  ) {
    let launches = launches.filter { !$0.isEmpty }
    guard launches.count >= 3, !statistics.isEmpty else { return nil }
    let logs = statistics.map { statistic in
      launches.compactMap { statistic.value(of: $0) }.map { log($0) }
    }
    guard logs.allSatisfy({ $0.count == launches.count && $0.allSatisfy(\.isFinite) }) else {
      return nil
    }
    let robust = logs.map(Self.robustSpread)
    var best = 0
    for index in robust.indices where robust[index] < robust[best] { best = index }
    var generator = SeededGenerator(seed: seed)
    var drawn = [[Double]](repeating: [], count: logs.count)
    var wins = 0.0
    for _ in 0..<Self.resamples {
      // The same launches for all statistics: what is compared is measured together.
      let indices = launches.indices.map { _ in generator.index(below: launches.count) }
      let spreads = logs.map { values in Self.robustSpread(indices.map { values[$0] }) }
      for index in spreads.indices { drawn[index].append(spreads[index]) }
      let smallest = spreads.min() ?? 0
      if spreads[best] == smallest { wins += 1 / Double(spreads.count { $0 == smallest }) }
    }
    self.launches = launches.count
    tightest = statistics[best]
    confidence = wins / Double(Self.resamples)
    spreads = statistics.indices.map { index in
      let sorted = drawn[index].sorted()
      return Spread(
        statistic: statistics[index], robust: robust[index],
        standardDeviation: Summary(of: logs[index])?.standardDeviation ?? 0,
        interval: Percentile.value(2.5, ofSorted: sorted)...Percentile.value(97.5, ofSorted: sorted)
      )
    }
  }

  private static func robustSpread(_ values: [Double]) -> Double {
    (OutlierRule(of: values)?.mad ?? 0) * 1.4826
  }
}
