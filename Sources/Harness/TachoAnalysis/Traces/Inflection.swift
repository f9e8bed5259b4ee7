// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where a quantity stops following one power law of another and follows a second one: two straight
/// lines on logarithmic axes that meet, by least squares over every place where they could.
///
/// For launch and queue time against batch size: up to the inflection the host sets the pace, beyond it
/// the kernels do.
package struct Inflection: Sendable, Hashable {
  /// Where the lines meet.
  package let at: Double
  /// The exponents before and after.
  package let slopeBefore: Double
  package let slopeAfter: Double
  /// Of the squared error of one line, the share that the second one takes away.
  package let gain: Double

  /// A second line must take away so much of the error, and change the exponent by so much.
  package static let leastGain = 0.8
  package static let leastChange = 0.2

  /// Nil below five points, when a value is not positive, or when one line does as well.
  package init?(_ points: [(x: Double, y: Double)]) {
    guard points.count >= 5, points.allSatisfy({ $0.x > 0 && $0.y > 0 }) else { return nil }
    let logs = points.map { (x: log2($0.x), y: log2($0.y)) }.sorted { $0.x < $1.x }
    guard let one = Line(logs[...]) else { return nil }
    var best: (error: Double, before: Line, after: Line)?
    for split in 2...(logs.count - 2) {
      // The point at the bend may belong to both.
      for second in [split, split - 1] where logs.count - second >= 2 {
        guard let before = Line(logs[..<split]), let after = Line(logs[second...]) else { continue }
        let error = before.error + after.error
        if error < (best?.error ?? .infinity) { best = (error, before, after) }
      }
    }
    guard let best, one.error > 1e-12 else { return nil }
    let change = best.after.slope - best.before.slope
    let gain = 1 - best.error / one.error
    guard gain >= Self.leastGain, abs(change) >= Self.leastChange else { return nil }
    let x = (best.before.intercept - best.after.intercept) / change
    let clamped = min(max(x, logs[0].x), logs[logs.count - 1].x)
    at = exp2(clamped)
    slopeBefore = best.before.slope
    slopeAfter = best.after.slope
    self.gain = gain
  }

  private struct Line {
    let slope: Double
    let intercept: Double
    let error: Double

    init?(_ points: ArraySlice<(x: Double, y: Double)>) {
      let n = Double(points.count)
      let meanX = points.reduce(0) { $0 + $1.x } / n
      let meanY = points.reduce(0) { $0 + $1.y } / n
      let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
      guard spread > 0 else { return nil }
      let slope = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
      let intercept = meanY - slope * meanX
      self.slope = slope
      self.intercept = intercept
      error = points.reduce(0) {
        let miss = $1.y - intercept - slope * $1.x
        return $0 + miss * miss
      }
    }
  }
}
