// SPDX-License-Identifier: Apache-2.0

/// One quantity over another, block by block of one session.
///
/// Block k is launch k of both: measured near each other in time, in random order. Drift of the machine
/// falls on both and leaves their ratio alone, so the ratio is taken within blocks and the block is the
/// unit of its interval. With 3 blocks that holds the true ratio in 75 of 100 cases, with 4 in 88, with
/// 5 in 94, as `Summary` does for any median of so few.
package struct BlockRatio: Sendable, Hashable {
  /// Of the ratios of medians, one for each block that both have.
  package let summary: Summary

  /// Values by launch; nil when no launch has values of both, or a median is not above 0.
  package init?(_ values: [Int: [Double]], over others: [Int: [Double]]) {
    let ratios = values.keys.sorted().compactMap { launch -> Double? in
      guard let value = Summary.median(of: values[launch] ?? []),
        let other = Summary.median(of: others[launch] ?? []), value > 0, other > 0
      else { return nil }
      return value / other
    }
    guard let summary = Summary(of: ratios) else { return nil }
    self.summary = summary
  }
}
