// SPDX-License-Identifier: Apache-2.0

/// Makes a kernel slower by a known share, to show that the measurement sees it: each worker repeats
/// nothing but waits, inside the launch, for a share of the time its work took.
package final class InjectedDelay: @unchecked Sendable {
  /// The launches delayed: those of this name, or of names that begin with it and a dot.
  package let op: String
  /// The delay over the time of the work.
  package let ratio: Double
  /// Every so many forward steps, from the first on.
  package let every: Int
  package var step = 0

  package init(op: String, ratio: Double, every: Int = 1) {
    self.op = op
    self.ratio = ratio
    self.every = max(1, every)
  }

  /// What a launch is to be delayed by: 0 where it is none of those meant.
  func ratio(for launch: StaticString) -> Double {
    guard step % every == 0 else { return 0 }
    let named = launch.withUTF8Buffer { name in
      name.starts(with: op.utf8)
        && (name.count == op.utf8.count || name[op.utf8.count] == UInt8(ascii: "."))
    }
    return named ? ratio : 0
  }

  /// Waits until `ratio` of the time since `start` has passed once more.
  static func wait(since start: Int, ratio: Double) {
    let now = MonotonicClock.now()
    let end = now + Int(Double(now - start) * ratio)
    while MonotonicClock.now() < end {}
  }
}
