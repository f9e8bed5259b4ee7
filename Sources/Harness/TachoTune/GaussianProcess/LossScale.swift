// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// The scale on which losses are modelled: as they are, or, with a long tail of bad ones, in logarithms far
/// from the best, so that the tail does not decide what "smooth" means.
///
/// ln(1 + (loss - lowest) / width), width the distance of the median from the lowest: near the best it is
/// linear, and it keeps the order. Standard errors go along by its slope.
struct LossScale: Sendable {
  /// The tail is long when it reaches this many times as far above the median as the best lies below.
  static let longTail = 4.0

  private let lowest: Double
  /// 0 leaves losses as they are.
  private let width: Double

  static let plain = LossScale(lowest: 0, width: 0)

  private init(lowest: Double, width: Double) {
    (self.lowest, self.width) = (lowest, width)
  }

  init(_ losses: [Double]) {
    let sorted = losses.sorted()
    guard let first = sorted.first, let last = sorted.last else {
      self = .plain
      return
    }
    let width = sorted[sorted.count / 2] - first
    let isLong = width > 0 && last - first > (1 + Self.longTail) * width
    self.init(lowest: first, width: isLong ? width : 0)
  }

  func apply(_ loss: MeasuredMean) -> MeasuredMean {
    guard width > 0 else { return loss }
    // Nothing modelled lies below the lowest; the guard is for rounding.
    let distance = max(0, loss.mean - lowest)
    return MeasuredMean(
      log(1 + distance / width), standardError: loss.standardError.map { $0 / (width + distance) },
      count: loss.count)
  }
}
