// SPDX-License-Identifier: Apache-2.0

/// Tells steps that take unusually long from those before them, while they happen.
///
/// A step is slow when it exceeds the median of the last 128 steps of as many rows by more than three
/// times their median absolute deviation (unscaled) and by 5%: on a quiet machine the deviation is so
/// small that harmless differences would exceed it. The first eight are never slow.
struct SlowStepJudge {
  private static let window = 128
  private static let least = 8
  private static let excess = 0.05

  private var recent: [Int] = []
  private var next = 0
  private var rows = 0

  init() { recent.reserveCapacity(Self.window) }

  /// Whether a step of this length is slow; it is one of "those before" from then on.
  mutating func isSlow(_ length: Int, rows: Int) -> Bool {
    if rows != self.rows {
      // Prefill says nothing of decoding.
      recent.removeAll(keepingCapacity: true)
      next = 0
      self.rows = rows
    }
    let slow = recent.count >= Self.least && exceeds(length)
    if recent.count < Self.window {
      recent.append(length)
    } else {
      recent[next] = length
      next = (next + 1) % Self.window
    }
    return slow
  }

  private func exceeds(_ length: Int) -> Bool {
    var values = recent
    values.sort()
    let median = values[values.count / 2]
    guard Double(length) > Double(median) * (1 + Self.excess) else { return false }
    for index in values.indices { values[index] = abs(values[index] - median) }
    values.sort()
    return length - median > 3 * values[values.count / 2]
  }
}
