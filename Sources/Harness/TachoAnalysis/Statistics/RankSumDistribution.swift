// SPDX-License-Identifier: Apache-2.0

/// In how many pairs (x, y) x is the larger when both samples are of one distribution: Mann and
/// Whitney's U.
struct RankSumDistribution {
  /// Product of the sizes up to which probabilities are summed.
  static let mostExactPairs = 2_500

  /// P(U <= u) for each u from 0 to the product of the sizes.
  private let cumulative: [Double]

  /// For sizes of at least 1 whose product is at most `mostExactPairs`, without ties.
  ///
  /// The largest of all values is an x with the chance m / (m + n) and then beats all n of the others,
  /// or a y, which adds nothing (Mann and Whitney 1947). Cost: the square of the product, over 4.
  init(_ m: Int, _ n: Int) {
    // rows[j] is the distribution for (i, j), i growing.
    var rows = [[Double]](repeating: [1], count: n + 1)
    for i in 1...m {
      var next: [[Double]] = [[1]]
      next.reserveCapacity(n + 1)
      for j in 1...n {
        let total = Double(i + j)
        let (x, y) = (Double(i) / total, Double(j) / total)
        let withX = rows[j]
        let withY = next[j - 1]
        var chance = [Double](repeating: 0, count: i * j + 1)
        for u in withX.indices { chance[u + j] = x * withX[u] }
        for u in withY.indices { chance[u] += y * withY[u] }
        next.append(chance)
      }
      rows = next
    }
    var sum = 0.0
    cumulative = rows[n].map { part in
      sum += part
      return sum
    }
  }

  /// P(U <= u).
  func atMost(_ u: Int) -> Double {
    u < 0 ? 0 : u >= cumulative.count ? 1 : cumulative[u]
  }

  /// P(U >= u), by symmetry summed from the small side.
  func atLeast(_ u: Int) -> Double { atMost(cumulative.count - 1 - u) }

  /// The largest c with P(U <= c - 1) at most `tail`; 0 when even P(U = 0) is above it.
  func outerRank(tail: Double) -> Int {
    cumulative.firstIndex { $0 > tail } ?? cumulative.count
  }

  /// The same by the normal approximation, for any sizes.
  static func approximateOuterRank(_ m: Int, _ n: Int, tail: Double) -> Int {
    let (m, n) = (Double(m), Double(n))
    let deviation = (m * n * (m + n + 1) / 12).squareRoot()
    let rank = m * n / 2 + 0.5 + NormalDistribution.quantile(tail) * deviation
    return max(0, Int(rank.rounded(.down)))
  }
}
