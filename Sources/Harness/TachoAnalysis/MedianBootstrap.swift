// SPDX-License-Identifier: Apache-2.0

/// Percentile-bootstrap intervals of a median (Efron 1979), seeded and so the same in every run.
///
/// How often a "95%" interval held the true median, in 4,000 simulated samples of each size, normal and
/// lognormal alike: n = 3: 75%, 4: 88%, 5: 94%, 6: 93%, 7: 88%, 8: 93%, 10: 95%, 15: 97%, 20: 94%,
/// 30: 94%, 50: 95%, 100: 95%. With launches of 10 samples whose own centres differ by as much as the
/// samples within them, in 1,000 simulations: 2 launches: 73%, 3: 83%, 5: 89%, 10: 93%, where an
/// interval that ignores launches held it in 58 to 66%; without a difference between launches the
/// two-level interval is too wide (97 to 99%). So: below 5 samples or 5 launches read it as a hint.
enum MedianBootstrap {
  static let resamples = 10_000

  /// The 95% interval from ascending values that are exchangeable; nil for fewer than 3.
  ///
  /// A resample's median depends only on the ranks of its one or two middle values. Up to 100 values
  /// their probabilities are summed, which is what infinitely many resamples would give; beyond, they
  /// are drawn: see `ExactMedianDistribution` and `BootstrapRanks`.
  static func interval(sorted: [Double], seed: UInt64) -> ClosedRange<Double>? {
    let n = sorted.count
    guard n >= 3, let first = sorted.first, let last = sorted.last else { return nil }
    if first == last { return first...last }
    if n <= 100 { return ExactMedianDistribution(sorted: sorted).interval }
    let medians = BootstrapRanks.drawn(count: n, seed: seed).middles.map { middle in
      let low = sorted[middle.low]
      return (value: low + (sorted[middle.high] - low) / 2, times: middle.times)
    }.sorted { $0.value < $1.value }
    let low = percentile(2.5, ofWeighted: medians)
    return low...max(low, percentile(97.5, ofWeighted: medians))
  }

  /// The type 7 percentile of ascending values that each occur several times, `resamples` in all.
  private static func percentile(
    _ p: Double, ofWeighted values: [(value: Double, times: Int)]
  ) -> Double {
    let position = p / 100 * Double(resamples - 1)
    let below = Int(position)
    var seen = 0
    var low: Double?
    for (value, times) in values {
      seen += times
      if low == nil, seen > below { low = value }
      if let low, seen > below + 1 { return low + (value - low) * (position - Double(below)) }
    }
    return low ?? values.last?.value ?? 0
  }

  /// The 95% interval of the pooled median when launches are resampled, then samples within each.
  ///
  /// Nil for fewer than 3 samples in all. Beyond 500 samples fewer resamples are drawn, at least 1,000.
  static func interval(launches: [[Double]], seed: UInt64) -> ClosedRange<Double>? {
    let sorted = launches.flatMap { $0 }.sorted()
    let total = sorted.count
    guard total >= 3, let first = sorted.first, let last = sorted.last else { return nil }
    if first == last { return first...last }
    let ranks = launches.map { launch in launch.map { rank(of: $0, in: sorted) } }
    let rounds = min(resamples, max(1_000, 5_000_000 / total))
    var generator = SeededGenerator(seed: seed)
    var counts = [Int](repeating: 0, count: total)
    var medians: [Double] = []
    medians.reserveCapacity(rounds)
    for _ in 0..<rounds {
      var drawn = 0
      for _ in ranks.indices {
        let launch = ranks[generator.index(below: ranks.count)]
        drawn += launch.count
        for _ in launch.indices { counts[launch[generator.index(below: launch.count)]] += 1 }
      }
      medians.append(median(of: &counts, drawn: drawn, sorted: sorted))
    }
    return bounds(of: &medians)
  }

  /// The median of a multiset given as counts per rank; leaves the counts at zero for the next round.
  private static func median(of counts: inout [Int], drawn: Int, sorted: [Double]) -> Double {
    let lower = (drawn + 1) / 2
    let upper = drawn / 2 + 1
    var seen = 0
    var low: Double?
    var high: Double?
    for rank in counts.indices where counts[rank] > 0 {
      seen += counts[rank]
      if low == nil, seen >= lower { low = sorted[rank] }
      if high == nil, seen >= upper { high = sorted[rank] }
      counts[rank] = 0
    }
    let first = low ?? sorted[0]
    return first + ((high ?? first) - first) / 2
  }

  private static func rank(of value: Double, in sorted: [Double]) -> Int {
    var low = 0
    var high = sorted.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func bounds(of medians: inout [Double]) -> ClosedRange<Double> {
    medians.sort()
    let low = Percentile.value(2.5, ofSorted: medians)
    return low...max(low, Percentile.value(97.5, ofSorted: medians))
  }
}
