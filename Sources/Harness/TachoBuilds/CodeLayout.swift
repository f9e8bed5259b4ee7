// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis

/// Another placement of the same code, drawn from a seed: the order of the objects, and gaps between
/// them.
struct CodeLayout: Equatable {
  /// Gaps there are: enough that neighbours in the drawn order do not keep their distance.
  static let gapCount = 16
  /// A gap is at least one function's alignment and at most a page, in steps of that alignment.
  static let gapUnit = 16
  static let largestGap = 4096

  /// Positions in the original order; the layout with seed 0 is the original one.
  let order: [Int]
  /// Bytes of each gap.
  let gaps: [Int]
  /// Before which place of the new order a gap lies, ascending; a gap may lie at the end.
  let places: [Int]

  init(objects count: Int, seed: UInt64) {
    var order = Array(0..<count)
    guard seed != 0 else {
      (self.order, gaps, places) = (order, [], [])
      return
    }
    var generator = SeededGenerator(seed: seed)
    // Fisher and Yates, with a generator that is the same everywhere.
    for at in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(at, generator.index(below: at + 1))
    }
    self.order = order
    gaps = (0..<Self.gapCount).map { _ in
      Self.gapUnit * (1 + generator.index(below: Self.largestGap / Self.gapUnit))
    }
    // The first gap lies before everything: what comes first moves as well.
    places = [0] + (1..<Self.gapCount).map { _ in generator.index(below: count + 1) }.sorted()
  }
}
