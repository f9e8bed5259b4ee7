// SPDX-License-Identifier: Apache-2.0

/// The items of one split of a family, numbered: item `index` is the same whenever and wherever it is asked for.
package struct TaskSource: Sendable {
  package let family: any TaskFamily
  package let split: TaskSplit
  package let seed: UInt64

  package init(_ family: any TaskFamily, split: TaskSplit, seed: UInt64) {
    self.family = family
    self.split = split
    self.seed = seed
  }

  /// Draws until an item belongs to the split: ten times on average for the smaller ones.
  package func item(_ index: Int) throws -> TaskItem {
    let name = type(of: family).name
    for attempt in 0..<Self.attempts {
      var random = CounterRandom(seed: seed, stream: "\(name) \(split.rawValue)", index, attempt)
      let item = family.draw(&random)
      if item.split == split { return item }
    }
    throw TaskError(
      "no item of \(name) in \(Self.attempts) belongs to the split '\(split.rawValue)': there are too few "
        + "different ones; turn its dials up")
  }

  private static let attempts = 2000
}
