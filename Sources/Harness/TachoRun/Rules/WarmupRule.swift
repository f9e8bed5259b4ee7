// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Which first samples of a worker are dropped: while times still fall.
///
/// The first `minimum` samples are dropped. After them a sample is dropped as long as it is more than
/// 2% faster than every one before it (caches, clocks and lazily mapped weights are still warming),
/// until `maximum` are dropped. A new best is a sterner test than "faster than their median": noise
/// alone seldom makes one, so a warm worker loses no samples.
package struct WarmupRule: Sendable, Hashable {
  package static let improvement = 0.02
  package var minimum: Int
  package var maximum: Int

  package init(minimum: Int, maximum: Int) {
    self.minimum = minimum
    self.maximum = maximum
  }

  package init(_ policy: MeasurementPolicy) {
    self.init(minimum: policy.warmupMin, maximum: policy.warmupMax)
  }

  /// Whether a sample of this time is warm-up, given the times dropped before it.
  package func drops(_ seconds: Double, after dropped: [Double]) -> Bool {
    if dropped.count < minimum { return true }
    guard dropped.count < maximum, let best = dropped.min() else { return false }
    return seconds < best * (1 - Self.improvement)
  }
}
