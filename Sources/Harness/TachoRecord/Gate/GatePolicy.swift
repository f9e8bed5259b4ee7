// SPDX-License-Identifier: Apache-2.0

/// The error rates of a gate and what it may spend.
package struct GatePolicy: Sendable, Hashable, Codable {
  /// The chance that any judged series of a job with no change fails: shared by all of them.
  package var alpha: Double
  /// The chance that a series passes although it is slower by what must not pass, each by itself.
  package var beta: Double
  /// What the two tests bet: the share of pairs above the tolerated margin, and below the one that must
  /// not pass, at which their evidence grows fastest.
  package var failChance: Double
  package var passChance: Double
  /// Launch pairs of a series before it is inconclusive.
  package var pairsMax: Int
  /// Samples of each side in a pair, unless the suite says otherwise.
  package var rounds: Int
  /// Evidence that a failure has to find once more in a build of another layout: 20 is a level of 5%.
  package var confirmingEvidence: Double
  /// What the job may spend, in seconds; series undecided then are inconclusive.
  package var secondsMax: Double

  package init(
    alpha: Double = 0.01, beta: Double = 0.02, failChance: Double = 0.8, passChance: Double = 0.9,
    pairsMax: Int = 80, rounds: Int = 12, confirmingEvidence: Double = 20,
    secondsMax: Double = 1800
  ) {
    self.alpha = alpha
    self.beta = beta
    self.failChance = failChance
    self.passChance = passChance
    self.pairsMax = pairsMax
    self.rounds = rounds
    self.confirmingEvidence = confirmingEvidence
    self.secondsMax = secondsMax
  }
}
