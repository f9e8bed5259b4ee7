// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Round positions for the ticks of an axis.
package enum Ticks {
  /// Multiples of 1, 2 or 5 times a power of ten that cover the range: the first is at most its
  /// lower end, the last at least its upper end; about `target` of them, never more than twice that.
  package static func covering(_ range: ClosedRange<Double>, target: Int = 5) -> [Double] {
    let target = max(target, 2)
    let range = sane(range)
    let step = niceStep((range.upperBound - range.lowerBound) / Double(target - 1))
    guard step.isFinite, step > 0 else { return [range.lowerBound, range.upperBound] }
    let first = (range.lowerBound / step).rounded(.down)
    let last = (range.upperBound / step).rounded(.up)
    guard first.isFinite, last.isFinite, last - first < 1_000 else {
      return [range.lowerBound, range.upperBound]
    }
    let ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
    return ticks.allSatisfy(\.isFinite) ? ticks : [range.lowerBound, range.upperBound]
  }

  /// The same kind of positions, but only those inside the range.
  package static func inside(_ range: ClosedRange<Double>, target: Int = 5) -> [Double] {
    let range = sane(range)
    let slack = (range.upperBound - range.lowerBound) * 1e-9
    let ticks = covering(range, target: target)
      .filter { $0 >= range.lowerBound - slack && $0 <= range.upperBound + slack }
    return ticks.isEmpty ? [range.lowerBound, range.upperBound] : ticks
  }

  /// Positions for a logarithmic axis over a positive range: powers of ten that cover it, or
  /// 1-2-5 steps when they would be fewer than three.
  package static func logarithmic(_ range: ClosedRange<Double>) -> [Double] {
    let lower = min(max(range.lowerBound, 1e-300), 1e300)
    let upper = min(max(range.upperBound, lower), 1e300)
    let first = Int(log10(lower).rounded(.down))
    let last = Int(log10(upper).rounded(.up))
    let steps = last - first <= 2 ? [1.0, 2, 5] : [1.0]
    let stride = max(1, (last - first + 8) / 9)
    var ticks: [Double] = []
    for exponent in Swift.stride(from: first, through: last + stride - 1, by: stride) {
      ticks += steps.map { $0 * pow(10, Double(exponent)) }.filter(\.isFinite)
    }
    let start = ticks.lastIndex { $0 <= lower * (1 + 1e-12) } ?? 0
    let end = ticks.firstIndex { $0 >= upper * (1 - 1e-12) } ?? ticks.count - 1
    return ticks.isEmpty ? [lower, upper] : Array(ticks[min(start, end)...max(start, end)])
  }

  /// The 1-2-5 number at or above `raw`.
  private static func niceStep(_ raw: Double) -> Double {
    let magnitude = pow(10, log10(raw).rounded(.down))
    guard magnitude.isFinite, magnitude > 0 else { return raw }
    let fraction = raw / magnitude
    let nice: Double = fraction <= 1 + 1e-9 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10
    return nice * magnitude
  }

  /// A finite range with some width, whatever was measured.
  private static func sane(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let limit = 1e300
    let lower = min(max(range.lowerBound, -limit), limit)
    let upper = min(max(range.upperBound, -limit), limit)
    let width = upper - lower
    let smallest = max(abs(lower), abs(upper)) * 1e-12
    if width > max(smallest, 1e-300) { return lower...upper }
    let pad = max(abs(upper) * 0.1, 1e-12)
    return (lower - pad)...(upper + pad)
  }
}
