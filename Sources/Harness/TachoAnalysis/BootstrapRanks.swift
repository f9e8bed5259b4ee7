// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Which ranks the median of a resample falls on, for one sample size and seed.
///
/// The draws depend on the size and the seed alone, never on the values, so that a report of thousands
/// of points draws them once per size; the interval is the same as from drawing them again.
struct BootstrapRanks: Sendable {
  /// The ranks of a resample's two middle values (equal for odd sizes) and how often they were drawn.
  struct Middle: Sendable {
    let low: Int
    let high: Int
    let times: Int
  }

  let middles: [Middle]

  private struct Key: Hashable {
    let count: Int
    let seed: UInt64
  }

  private static let known = Mutex<[Key: BootstrapRanks]>([:])
  private static let knownLimit = 64

  /// The ranks for `count` values, at least 1.
  static func drawn(count: Int, seed: UInt64) -> BootstrapRanks {
    let key = Key(count: count, seed: seed)
    if let ranks = known.withLock({ $0[key] }) { return ranks }
    let ranks = BootstrapRanks(count: count, seed: seed)
    known.withLock { known in
      if known.count >= knownLimit { known.removeAll() }
      known[key] = ranks
    }
    return ranks
  }

  /// A resample's middle values are order statistics of `count` uniform numbers: one Beta number
  /// each, instead of `count` ranks, at a cost that does not grow with `count`.
  private init(count n: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let lower = (n + 1) / 2
    let alpha = Double(lower)
    let beta = Double(n - lower + 1)
    var times: [[Int]: Int] = [:]
    for _ in 0..<MedianBootstrap.resamples {
      let u = generator.beta(alpha, beta)
      let low = min(Int(u * Double(n)), n - 1)
      var high = low
      if n % 2 == 0 {
        // The next order statistic is the smallest of the n/2 uniform numbers above u.
        let next = u + (1 - u) * (1 - pow(generator.uniform(), 1 / Double(n / 2)))
        high = min(Int(next * Double(n)), n - 1)
      }
      times[[low, high], default: 0] += 1
    }
    middles = times.map { Middle(low: $0.key[0], high: $0.key[1], times: $0.value) }
      .sorted { ($0.low, $0.high) < ($1.low, $1.high) }
  }
}
