// SPDX-License-Identifier: Apache-2.0

/// Whether a sequence has a split that orders of the same values do not have by chance.
///
/// The statistic is the largest Q over all splits, here and in each permutation, so p is honest about the
/// split having been looked for: with b of R permutations at least as large p = (b+1)/(R+1), and the chance of
/// p <= a is at most a for values that are exchangeable, whatever their distribution. Permutations stop at
/// the `enough`-th that is at least as large (Besag and Clifford 1991): then p = enough / permutations taken,
/// which keeps that property and takes a tenth of the time where there is nothing to find.
struct PermutationTest {
  /// Values are compared by their midranks, doubled to make them whole.
  private let ranks: [Int32]
  private var scan: EDivisiveScan

  init(_ values: ArraySlice<Double>, minimumSegment: Int) {
    ranks = RankedValues(Array(values)).ranks.map { Int32(2 * $0) }
    scan = EDivisiveScan(ranks: ranks, minimumSegment: minimumSegment)
  }

  /// The best split and its p; nil for fewer than two minimum segments.
  mutating func result(
    _ extent: EDivisiveScan.Extent, permutations: Int, enough: Int, seed: UInt64
  ) -> (split: EDivisiveScan.Split, p: Double)? {
    guard let found = scan.best(of: ranks, extent) else { return nil }
    // Two splits of equal worth may differ in the last digits.
    let bound = found.q - 1e-9 * abs(found.q)
    var generator = SeededGenerator(seed: seed)
    var order = ranks
    var exceeding = 0
    for taken in 1...max(permutations, 1) {
      for last in stride(from: order.count - 1, to: 0, by: -1) {
        order.swapAt(last, generator.index(below: last + 1))
      }
      guard let other = scan.best(of: order, extent), other.q >= bound else { continue }
      exceeding += 1
      if exceeding >= enough { return (found, Double(exceeding) / Double(taken)) }
    }
    return (found, Double(exceeding + 1) / Double(max(permutations, 1) + 1))
  }
}
