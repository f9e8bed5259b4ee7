// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Two one-sided sign tests that may be looked at after every launch pair.
///
/// With d = ln(candidate / base) of a pair, each test is a product of bets: `fail` that d lies above the
/// tolerated margin in a share `failChance` of the pairs, `pass` that it lies below the margin that must
/// not pass in a share `passChance`. If the two sides are equally fast and the order within every pair
/// is drawn, d is symmetric given the past, however bursty the machine: no factor has a mean above 1, so
/// by Ville's inequality the product ever exceeds 1/a with a chance of at most a. Nothing is assumed of
/// the distribution of d, and looking early or stopping late costs nothing. A d equal to a margin counts
/// against either test.
///
/// Source: Shafer, Shen, Vereshchagin and Vovk (2011), Test martingales, Bayes factors and p-values;
/// Ville (1939).
package struct SignEvidence: Sendable, Hashable {
  /// ln of the two factors of a bet on `chance`.
  private struct Bet: Hashable {
    let won: Double
    let lost: Double
    init(_ chance: Double) {
      won = log(2 * chance)
      lost = log(2 * (1 - chance))
    }
  }

  package let margins: GateMargins
  private let slower: Bet
  private let notAsSlow: Bet
  /// ln of the evidence that it is slower than tolerated, and that it is less slow than must not pass.
  package private(set) var fail = 0.0
  package private(set) var pass = 0.0
  package private(set) var pairs = 0

  package init(margins: GateMargins, policy: GatePolicy) {
    self.margins = margins
    slower = Bet(policy.failChance)
    notAsSlow = Bet(policy.passChance)
  }

  /// Takes up one pair's ln(candidate / base).
  package mutating func add(_ logRatio: Double) {
    pairs += 1
    fail += logRatio > margins.toleratedLog ? slower.won : slower.lost
    pass += logRatio < margins.mustNotPassLog ? notAsSlow.won : notAsSlow.lost
  }
}
