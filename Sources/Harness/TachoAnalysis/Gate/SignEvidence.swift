// SPDX-License-Identifier: Apache-2.0
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
  package let margins: GateMargins
  private let slower: SignBet
  private let notAsSlow: SignBet
  package private(set) var pairs = 0
  /// Pairs above the tolerated margin, and below the one that must not pass.
  package private(set) var above = 0
  package private(set) var below = 0

  package init(margins: GateMargins, policy: GatePolicy) {
    self.margins = margins
    slower = SignBet(policy.failChance)
    notAsSlow = SignBet(policy.passChance)
  }

  /// ln of the evidence that it is slower than tolerated.
  package var fail: Double { slower.evidence(count: above, of: pairs) }
  /// ln of the evidence that it is less slow than must not pass.
  package var pass: Double { notAsSlow.evidence(count: below, of: pairs) }

  /// Takes up one pair's ln(candidate / base); one that is not a number speaks for neither.
  package mutating func add(_ logRatio: Double) {
    pairs += 1
    if logRatio > margins.toleratedLog { above += 1 }
    if logRatio < margins.mustNotPassLog { below += 1 }
  }
}
