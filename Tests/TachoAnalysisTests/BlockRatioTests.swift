// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import Testing

/// Ratios within blocks, by numbers worked out by hand.
@Suite struct BlockRatioTests {
  @Test func medianOfBlocks() throws {
    // Block medians 2, 30, 12 over 1, 10, 8: ratios 2, 3, 1.5. A block of one side alone is left out.
    let ratio = try #require(
      BlockRatio(
        [0: [1, 2, 3], 1: [30], 2: [11, 13], 3: [5]], over: [0: [1], 1: [9, 11], 2: [8], 4: [1]]))
    #expect(ratio.summary.count == 3 && ratio.summary.median == 2)
    #expect(ratio.summary.interval == 1.5...3)
  }

  /// The machine's drift falls on both sides of a block: their ratio does not see it.
  @Test func driftCancels() throws {
    let drift = [1.0, 0.5, 2, 0.8, 1.3]
    let mine = Dictionary(uniqueKeysWithValues: drift.enumerated().map { ($0, [300 * $1]) })
    let theirs = Dictionary(uniqueKeysWithValues: drift.enumerated().map { ($0, [200 * $1]) })
    let ratio = try #require(BlockRatio(mine, over: theirs))
    #expect(ratio.summary.count == 5 && abs(ratio.summary.median - 1.5) < 1e-12)
    let interval = try #require(ratio.summary.interval)
    #expect(interval.upperBound - interval.lowerBound < 1e-12)
  }

  @Test func nothingToCompare() throws {
    #expect(BlockRatio([:], over: [:]) == nil)
    #expect(BlockRatio([0: [1]], over: [1: [1]]) == nil)
    #expect(BlockRatio([0: []], over: [0: [1]]) == nil)
    #expect(BlockRatio([0: [1]], over: [0: [0]]) == nil)
    // Two blocks have a ratio and no interval.
    let two = try #require(BlockRatio([0: [2], 1: [4]], over: [0: [1], 1: [1]]))
    #expect(two.summary.median == 3 && two.summary.interval == nil)
  }
}
