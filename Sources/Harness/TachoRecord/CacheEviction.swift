// SPDX-License-Identifier: Apache-2.0

/// What was driven out of the caches before each timed call (kind `kernel`), and whether it was gone.
package struct CacheEviction: Sendable, Hashable, Codable {
  /// The state asked for, in the words of `kernel.cache`.
  package var state: String
  /// Bytes of the lines evicted before one call.
  package var bytesPerCall: Int
  /// Mean nanoseconds of a load from an evicted line, taken in random order after another eviction, and of the
  /// same loads once more.
  package var firstTouchNs: Double
  package var secondTouchNs: Double
  /// Nanoseconds that reading the clock adds to each call.
  package var clockNs: Double

  package init(
    state: String, bytesPerCall: Int, firstTouchNs: Double, secondTouchNs: Double, clockNs: Double
  ) {
    self.state = state
    self.bytesPerCall = bytesPerCall
    self.firstTouchNs = firstTouchNs
    self.secondTouchNs = secondTouchNs
    self.clockNs = clockNs
  }

  /// No memory answers a dependent load sooner: what does came from a cache.
  package static let quickestMemoryNs = 50.0

  /// The first touch takes at least so many times as long as the second, which a level-1 cache answers.
  package static let leastRatio = 4.0

  /// Why the state was not reached, or nil when it was.
  package var failure: String? {
    guard firstTouchNs >= Self.quickestMemoryNs, firstTouchNs >= Self.leastRatio * secondTouchNs
    else {
      let (first, second) = (Self.text(firstTouchNs), Self.text(secondTouchNs))
      return "\(state) was not reached: after the eviction a load takes \(first) ns, the next of "
        + "the same \(second) ns; memory takes at least \(Self.text(Self.quickestMemoryNs)) ns and "
        + "\(Self.text(Self.leastRatio)) times as long, so a cache still had the lines"
    }
    return nil
  }

  private static func text(_ number: Double) -> String {
    let tenths = (number * 10).rounded()
    guard abs(tenths) < 1e15 else { return "\(number)" }
    return tenths.truncatingRemainder(dividingBy: 10) == 0
      ? "\(Int(tenths / 10))" : "\(tenths / 10)"
  }
}
