// SPDX-License-Identifier: Apache-2.0

/// How many independent samples a series that remembers is worth, for the precision of its mean.
///
/// n / (1 + 2 (rho1 + rho2 + ...)), the sum cut by Geyer's initial monotone sequence (Statistical Science
/// 1992): autocovariances (over n) are added in pairs of lags, none above the pair before, while a pair
/// is positive; in a reversible series all true pairs are. For AR(1) that is n (1 - rho) / (1 + rho).
/// From few samples it errs to the large side: shorter than some ten times its memory a series has not
/// shown it. Cost: n for each lag until the memory ends.
package struct EffectiveSampleSize: Sendable, Hashable {
  package let count: Int
  /// Above `count` when neighbours differ more than independent ones would (a sawtooth).
  package let size: Double

  /// Samples of one launch in the order taken; nil for fewer than 4 or a value that is not finite.
  package init?(_ series: [Double]) {
    guard series.count >= 4, series.allSatisfy(\.isFinite) else { return nil }
    let n = series.count
    let mean = series[0] + series.reduce(0) { $0 + ($1 - series[0]) } / Double(n)
    let centred = series.map { $0 - mean }
    func autocovariance(_ lag: Int) -> Double {
      var sum = 0.0
      for index in 0..<(n - lag) { sum += centred[index] * centred[index + lag] }
      return sum / Double(n)
    }
    let variance = autocovariance(0)
    count = n
    var total = 0.0
    var last = Double.infinity
    var lag = 0
    while lag + 1 < n {
      let pair = (lag == 0 ? variance : autocovariance(lag)) + autocovariance(lag + 1)
      if !(pair > 0) { break }
      last = min(last, pair)
      total += last
      lag += 2
    }
    // Equal values have no memory to speak of; neither has a series whose first pair is not positive,
    // whose mean would be known better than any number of independent samples tells.
    let longRun = 2 * total - variance
    size = variance > 0 && longRun > 0 ? Double(n) * variance / longRun : Double(n)
  }
}
