// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The tokens still in the running for the next position, with their logits.
package struct Candidates: Sendable {
  package struct Entry: Sendable {
    package var token: Int32
    package var logit: Float
  }

  package var entries: [Entry]
  /// True while `entries` stand by falling logit (ties by token), so that filters need not sort again.
  package private(set) var isSorted = false

  /// A logit that is not a number counts as impossible, so that every order is well defined.
  package init(_ logits: UnsafeBufferPointer<Float>) {
    entries = logits.enumerated().map {
      Entry(token: Int32($0.offset), logit: $0.element.isNaN ? -.infinity : $0.element)
    }
  }

  /// The order every filter works in; ties go to the lower token, so that results are reproducible.
  private static func precedes(_ a: Entry, _ b: Entry) -> Bool {
    a.logit > b.logit || (a.logit == b.logit && a.token < b.token)
  }

  package mutating func sort() {
    if isSorted { return }
    entries.sort(by: Self.precedes)
    isSorted = true
  }

  /// Keeps the `count` best, sorted, without sorting the rest.
  package mutating func keepBest(_ count: Int) {
    guard count < entries.count else { return sort() }
    if isSorted {
      entries.removeLast(entries.count - count)
      return
    }
    // A heap of the best seen so far, its worst on top.
    var heap = Array(entries[0..<count])
    func sink(_ start: Int) {
      var parent = start
      while true {
        var worst = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < heap.count && Self.precedes(heap[worst], heap[child]) { worst = child }
        if worst == parent { return }
        heap.swapAt(parent, worst)
        parent = worst
      }
    }
    for index in stride(from: count / 2 - 1, through: 0, by: -1) { sink(index) }
    for entry in entries[count...] where Self.precedes(entry, heap[0]) {
      heap[0] = entry
      sink(0)
    }
    entries = heap
    sort()
  }

  /// Softmax of the logits, in `entries` order, in double.
  package func probabilities() -> [Double] {
    let largest = entries.reduce(-Float.infinity) { max($0, $1.logit) }
    guard largest.isFinite else {
      let ties = entries.reduce(0) { $1.logit == largest ? $0 + 1 : $0 }
      return entries.map { $0.logit == largest ? 1 / Double(ties) : 0 }
    }
    let weights = entries.map { exp(Double($0.logit) - Double(largest)) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// Changes logits in place; a filter that keeps their order may say so.
  package mutating func mapLogits(
    keepingOrder: Bool, _ transform: (Entry) -> Float
  ) {
    for index in entries.indices { entries[index].logit = transform(entries[index]) }
    isSorted = isSorted && keepingOrder
  }

  package mutating func keepFirst(_ count: Int) {
    entries.removeLast(entries.count - min(entries.count, max(1, count)))
  }
}
