// SPDX-License-Identifier: Apache-2.0

/// Places labels along a line so that none overlap.
package enum LabelLayout {
  /// Centres near the wanted ones, at least `gap` apart, within the range when they fit in it; in the
  /// order given.
  package static func spread(
    _ wanted: [Double], gap: Double, within range: ClosedRange<Double>
  ) -> [Double] {
    let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
    var placed = order.map { min(max(wanted[$0], range.lowerBound), range.upperBound) }
    for index in placed.indices.dropFirst() {
      placed[index] = max(placed[index], placed[index - 1] + gap)
    }
    if let last = placed.last, last > range.upperBound {
      placed[placed.count - 1] = range.upperBound
      for index in placed.indices.dropLast().reversed() {
        placed[index] = min(placed[index], placed[index + 1] - gap)
      }
    }
    var result = wanted
    for (slot, index) in order.enumerated() { result[index] = placed[slot] }
    return result
  }

  /// Which of the labels to write so that neighbours keep `space` pixels: the first, the last and as
  /// many as fit between.
  package static func visible(centres: [Double], widths: [Double], space: Double = 8) -> [Bool] {
    var shown = centres.map { _ in false }
    guard let last = centres.indices.last else { return shown }
    var end = -Double.infinity
    for index in centres.indices {
      let start = centres[index] - widths[index] / 2
      let stop = centres[index] + widths[index] / 2
      let meetsLast = index != last && stop + space > centres[last] - widths[last] / 2
      if start >= end + space, !meetsLast || last == 0 {
        shown[index] = true
        end = stop
      }
    }
    return shown
  }
}
