// SPDX-License-Identifier: Apache-2.0

/// Sequences of any lengths side by side, none of which sees another: the input of a training pass.
package struct PackedSequences: Sendable {
  /// Most tokens, and most of one sequence.
  package let capacity: Int
  package let longest: Int
  package private(set) var tokens: [Int32] = []
  /// The token each position is to predict; negative for none.
  package private(set) var targets: [Int32] = []
  /// The weight of each position's loss.
  package private(set) var weights: [Float] = []
  package private(set) var positions: [Int32] = []
  /// The tokens of each sequence.
  package private(set) var sequences: [Range<Int>] = []
  /// How many tokens of its sequence each token sees, from the first on.
  private(set) var visible: [Int32] = []
  /// Where each sequence's mask begins, or -1; each is length by length.
  private(set) var maskOffsets: [Int] = []
  private(set) var masks: [UInt8] = []

  package init(capacity: Int, longest: Int) {
    self.capacity = capacity
    self.longest = min(longest, capacity)
    tokens.reserveCapacity(capacity)
    targets.reserveCapacity(capacity)
    weights.reserveCapacity(capacity)
    positions.reserveCapacity(capacity)
    visible.reserveCapacity(capacity)
  }

  package var count: Int { tokens.count }
  package var room: Int { capacity - count }
  /// The sum of weights of the positions that have a target.
  package var weight: Double {
    zip(targets, weights).reduce(0) { $1.0 < 0 ? $0 : $0 + Double($1.1) }
  }

  /// Empties it; the memory is kept.
  package mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    visible.removeAll(keepingCapacity: true)
    maskOffsets.removeAll(keepingCapacity: true)
    masks.removeAll(keepingCapacity: true)
  }

  /// Adds a sequence of which each token sees itself and those before it.
  package mutating func append(tokens new: [Int32], targets: [Int32], weights: [Float]) throws {
    try check(new.count, targets.count, weights.count)
    add(new, targets, weights)
    for index in new.indices {
      positions.append(Int32(index))
      visible.append(Int32(index + 1))
    }
    maskOffsets.append(-1)
  }

  /// Adds a sequence whose token i sees token j where `mask[i * count + j]`: a tree, a window, a prefix seen both
  /// ways.
  package mutating func append(
    tokens new: [Int32], targets: [Int32], weights: [Float], positions: [Int32], mask: [Bool]
  ) throws {
    try check(new.count, targets.count, weights.count)
    guard positions.count == new.count, mask.count == new.count * new.count else {
      throw TrainingError(
        .badBatch,
        "\(new.count) tokens need as many positions and their square of mask entries, not "
          + "\(positions.count) and \(mask.count)")
    }
    for row in new.indices where !mask[row * new.count..<(row + 1) * new.count].contains(true) {
      throw TrainingError(.badBatch, "token \(row) of the sequence sees nothing: let it see itself")
    }
    add(new, targets, weights)
    self.positions += positions
    visible += new.map { _ in Int32(new.count) }
    maskOffsets.append(masks.count)
    masks += mask.map { $0 ? 1 : 0 }
  }

  private mutating func add(_ new: [Int32], _ targets: [Int32], _ weights: [Float]) {
    sequences.append(count..<count + new.count)
    tokens += new
    self.targets += targets
    self.weights += weights
  }

  private func check(_ count: Int, _ targets: Int, _ weights: Int) throws {
    guard count > 0, count == targets, count == weights else {
      throw TrainingError(
        .badBatch,
        "a sequence has \(count) tokens, \(targets) targets and \(weights) weights: as many of each "
          + "are needed, at least one")
    }
    guard count <= longest, count <= room else {
      throw TrainingError(
        .badBatch,
        "a sequence of \(count) tokens does not fit: the longest may have \(longest), and there is room "
          + "for \(room)")
    }
  }
}
