// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The bootstrap distribution of a median, summed instead of simulated (Maritz and Jarrett 1978).
struct ExactMedianDistribution {
  /// Possible medians in ascending order, each with its probability.
  private var outcomes: [(value: Double, probability: Double)]

  /// From 1 to 100 ascending values: beyond, the pairs of an even count take longer than drawing them.
  init(sorted: [Double]) {
    outcomes =
      sorted.count % 2 == 1
      ? Self.single(sorted) : Self.pairs(sorted).sorted { $0.value < $1.value }
  }

  /// From the 2.5th to the 97.5th percentile.
  var interval: ClosedRange<Double>? {
    guard let low = quantile(0.025), let high = quantile(0.975) else { return nil }
    return low...max(low, high)
  }

  private func quantile(_ share: Double) -> Double? {
    var seen = 0.0
    for outcome in outcomes {
      seen += outcome.probability
      // Sums of probabilities are short by rounding.
      if seen >= share - 1e-9 { return outcome.value }
    }
    return outcomes.last?.value
  }

  /// An odd count: the middle value of a resample is one of the values.
  private static func single(_ sorted: [Double]) -> [(value: Double, probability: Double)] {
    let reached = chancesOfReaching((sorted.count + 1) / 2, of: sorted.count)
    return sorted.indices.map { (sorted[$0], reached[$0 + 1] - reached[$0]) }
  }

  /// An even count: the mean of the two middle values, of ranks i and j.
  ///
  /// They differ when exactly half of the draws fall at or below i with one at i, and the other half
  /// at or above j with one at j.
  private static func pairs(_ sorted: [Double]) -> [(value: Double, probability: Double)] {
    let n = sorted.count
    let half = n / 2
    let ways = exp(logChoose(n, half))
    let powers = (0...n).map { pow(Double($0) / Double(n), Double(half)) }
    let reached = chancesOfReaching(half, of: n)
    var result: [(value: Double, probability: Double)] = []
    for i in 1...n {
      var same = reached[i] - reached[i - 1]
      for j in stride(from: i + 1, through: n, by: 1) {
        let chance =
          ways * (powers[i] - powers[i - 1]) * (powers[n - j + 1] - powers[n - j])
        same -= chance
        result.append((sorted[i - 1] + (sorted[j - 1] - sorted[i - 1]) / 2, chance))
      }
      result.append((sorted[i - 1], max(0, same)))
    }
    return result
  }

  /// For each rank k from 0 to n: the chance that at least `count` of n draws have rank k or below.
  private static func chancesOfReaching(_ count: Int, of n: Int) -> [Double] {
    (0...n).map { k in
      if k == 0 { return 0 }
      if k == n { return 1 }
      let below = log(Double(k) / Double(n))
      let above = log(Double(n - k) / Double(n))
      return (count...n).reduce(0) { sum, s in
        sum + exp(logChoose(n, s) + Double(s) * below + Double(n - s) * above)
      }
    }
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    logFactorials[n] - logFactorials[k] - logFactorials[n - k]
  }

  /// Of 0 to 100; `lgamma` would do but writes a global variable of the C library.
  private static let logFactorials: [Double] = {
    var sums = [0.0]
    for k in 1...100 { sums.append(sums[k - 1] + log(Double(k))) }
    return sums
  }()
}
