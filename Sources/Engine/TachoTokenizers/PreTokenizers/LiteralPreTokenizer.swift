// SPDX-License-Identifier: Apache-2.0

/// Cuts at every occurrence of a fixed string (`Split` with a `String` pattern).
struct LiteralPreTokenizer: PreTokenizer {
  /// What becomes of the string itself.
  enum Behavior: String {
    case isolated = "Isolated", previous = "MergedWithPrevious", next = "MergedWithNext"
  }

  let literal: [UInt32]
  let behavior: Behavior

  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    var index = range.lowerBound
    var last = index
    func cut(_ position: Int) {
      guard position > last else { return }
      ends.append(position)
      last = position
    }
    while index < range.upperBound {
      let matchEnd = index + literal.count
      guard !literal.isEmpty, matchEnd <= range.upperBound,
        text.values[index..<matchEnd].elementsEqual(literal)
      else {
        index += 1
        continue
      }
      if behavior != .previous { cut(index) }
      if behavior != .next { cut(matchEnd) }
      index = matchEnd
    }
    cut(range.upperBound)
  }
}
