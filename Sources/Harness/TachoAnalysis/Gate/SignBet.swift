// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A bet, repeated with every launch pair, that something happens in more than half of the pairs.
///
/// Its evidence is (2 chance)^won (2 (1 - chance))^lost: with even chances its mean stays at 1, with worse
/// ones it falls, and it grows fastest when it happens in a share `chance` of the pairs. It depends on how
/// often it happened, not on when, to the last bit.
struct SignBet: Sendable, Hashable {
  private let won: Double
  private let lost: Double

  /// `chance` lies between 1/2 and 1 (`GatePolicy.complaint`).
  init(_ chance: Double) {
    won = log(2 * chance)
    lost = log(2 * (1 - chance))
  }

  /// ln of the evidence after `pairs` of which it happened in `count`.
  func evidence(count: Int, of pairs: Int) -> Double {
    Double(count) * won + Double(pairs - count) * lost
  }
}
