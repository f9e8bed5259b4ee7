// SPDX-License-Identifier: Apache-2.0

/// The largest E-divisive statistic over the splits of a sequence of ranks (Matteson and James 2014, with
/// distances to the power 1).
///
/// For the n values before a split and the m after it,
///
///     Q = nm/(n+m) (2/(nm) ΣΣ|x_i - y_j| - 2/(n(n-1)) Σ_{i<k}|x_i - x_k| - 2/(m(m-1)) Σ_{j<k}|y_j - y_k|).
///
/// A scan costs n²/2 additions: no sum of distances is taken twice. Ranks are whole numbers, so that sums are
/// exact and equal data have equal statistics.
struct EDivisiveScan {
  /// What comes after a split: all that follows, or a stretch of it whose end is chosen too.
  ///
  /// The first finds a step, most of all a late one; the second finds what came and went, which the
  /// first does not see, because the values after it are those before it.
  enum Extent: Sendable, Hashable, CaseIterable { case rest, stretch }

  /// The index of the first value after the split, the end of those it is compared with, and Q.
  struct Split: Hashable {
    var index: Int
    var end: Int
    var q: Double
  }

  let minimumSegment: Int

  private let count: Int
  // 2/(n(n-1)) for each size n.
  private let pairs: [Double]
  // For each rank, its distances to all ranks.
  private let totals: [Int]
  private let all: Int
  // Sums of distances within 0..<k, and within a..<k for the k of the moment.
  private var before: [Int]
  private var sums: [Int]

  /// For the orders of these ranks, which are whole, not negative and best no larger than twice their
  /// number; splits leave at least `minimumSegment` values, 2 or more, on each side.
  init(ranks: [Int32], minimumSegment: Int) {
    count = ranks.count
    self.minimumSegment = max(minimumSegment, 2)
    pairs = (0...max(count, 2)).map { (size: Int) -> Double in
      size < 2 ? 0 : 2 / Double(size * (size - 1))
    }
    var totals = [Int](repeating: 0, count: Int(ranks.max() ?? 0) + 1)
    for rank in Set(ranks) {
      totals[Int(rank)] = ranks.reduce(0) { $0 + Int(abs($1 - rank)) }
    }
    self.totals = totals
    all = ranks.reduce(0) { $0 + totals[Int($1)] } / 2
    before = [Int](repeating: 0, count: count + 1)
    sums = [Int](repeating: 0, count: count + 1)
  }

  /// The split with the largest Q, of equals the first; nil for fewer than two minimum segments.
  ///
  /// - Parameter ranks: those given at the start, in any order.
  mutating func best(of ranks: [Int32], _ extent: Extent) -> Split? {
    guard ranks.count == count, count >= 2 * minimumSegment else { return nil }
    return ranks.withUnsafeBufferPointer { ranks in
      switch extent {
      case .rest: bestAgainstRest(ranks)
      case .stretch: bestAgainstStretch(ranks)
      }
    }
  }

  private func bestAgainstRest(_ ranks: UnsafeBufferPointer<Int32>) -> Split {
    var found = Split(index: minimumSegment, end: count, q: -.infinity)
    var before = 0
    var after = all
    var split = 0
    while split <= count - minimumSegment {
      if split >= minimumSegment {
        let q = Self.q(
          all: all, before: before, after: after, split, count - split, pairs: pairs)
        if q > found.q { found = Split(index: split, end: count, q: q) }
      }
      let value = ranks[split]
      var toEarlier: Int32 = 0
      var i = 0
      while i < split {
        toEarlier &+= abs(value &- ranks[i])
        i &+= 1
      }
      before += Int(toEarlier)
      after -= totals[Int(value)] - Int(toEarlier)
      split += 1
    }
    return found
  }

  private mutating func bestAgainstStretch(_ ranks: UnsafeBufferPointer<Int32>) -> Split {
    var found = Split(index: minimumSegment, end: count, q: -.infinity)
    let (count, least, pairs) = (count, minimumSegment, pairs)
    before.withUnsafeMutableBufferPointer { before in
      sums.withUnsafeMutableBufferPointer { sums in
        for a in 0...count { sums[a] = 0 }
        for last in 0..<count {
          let value = ranks[last]
          var added = 0
          var a = last - 1
          while a >= 0 {
            added &+= Int(abs(value &- ranks[a]))
            sums[a] &+= added
            a &-= 1
          }
          let end = last + 1
          before[end] = sums[0]
          var split = least
          while split <= end - least {
            let q = Self.q(
              all: sums[0], before: before[split], after: sums[split], split, end - split,
              pairs: pairs)
            if q > found.q { found = Split(index: split, end: end, q: q) }
            split += 1
          }
        }
      }
    }
    return found
  }

  /// From the sums of distances within all values, those before and those after.
  private static func q(
    all: Int, before: Int, after: Int, _ n: Int, _ m: Int, pairs: [Double]
  ) -> Double {
    let across = Double(2 * (all - before - after))
    let inside = pairs[n] * Double(before) + pairs[m] * Double(after)
    return (across - Double(n * m) * inside) / Double(n + m)
  }
}
