// SPDX-License-Identifier: Apache-2.0

/// Ranks from 1, equal values sharing the mean of theirs ("midranks").
struct RankedValues {
  /// Parallel to the values given.
  let ranks: [Double]
  /// Sum of t^3 - t over groups of t equal values: what ties take from a rank test's variance.
  let tieTerm: Double

  var hasTies: Bool { tieTerm > 0 }

  init(_ values: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var tieTerm = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for index in order[start..<end] { ranks[index] = Double(start + end + 1) / 2 }
      let size = Double(end - start)
      tieTerm += size * size * size - size
      start = end
    }
    self.ranks = ranks
    self.tieTerm = tieTerm
  }
}
