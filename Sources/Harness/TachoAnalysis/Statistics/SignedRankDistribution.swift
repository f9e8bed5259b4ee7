// SPDX-License-Identifier: Apache-2.0

/// What the sum of the ranks of positive differences is when signs are tosses of a coin: Wilcoxon's W+.
struct SignedRankDistribution {
  /// Differences up to which probabilities are summed; beyond, the normal approximation is good to four
  /// digits and the table (`count` squared over 2) is not worth its memory.
  static let mostExact = 60

  let count: Int
  /// P(W+ <= w) for each w from 0 to `count * (count + 1) / 2`.
  private let cumulative: [Double]

  /// For 1 to `mostExact` differences without ties; cost: about `count` cubed over 6 additions.
  init(count: Int) {
    self.count = count
    // Each rank joins the sum or does not; probabilities instead of counts, which overflow.
    let most = count * (count + 1) / 2
    var chance = [Double](repeating: 0, count: most + 1)
    chance[0] = 1
    var reach = 0
    for rank in 1...count {
      reach += rank
      for w in stride(from: reach, through: 0, by: -1) {
        chance[w] = (chance[w] + (w >= rank ? chance[w - rank] : 0)) / 2
      }
    }
    var sum = 0.0
    cumulative = chance.map { part in
      sum += part
      return sum
    }
  }

  /// P(W+ <= w).
  func atMost(_ w: Int) -> Double {
    w < 0 ? 0 : w >= cumulative.count ? 1 : cumulative[w]
  }

  /// P(W+ >= w), by symmetry summed from the small side.
  func atLeast(_ w: Int) -> Double { atMost(cumulative.count - 1 - w) }

  /// The largest c with P(W+ <= c - 1) at most `tail`; 0 when even P(W+ = 0) is above it.
  func outerRank(tail: Double) -> Int {
    cumulative.firstIndex { $0 > tail } ?? cumulative.count
  }

  /// The same by the normal approximation, for any count.
  static func approximateOuterRank(count: Int, tail: Double) -> Int {
    let n = Double(count)
    let mean = n * (n + 1) / 4
    let deviation = (n * (n + 1) * (2 * n + 1) / 24).squareRoot()
    return max(0, Int((mean + 0.5 + NormalDistribution.quantile(tail) * deviation).rounded(.down)))
  }
}
