// SPDX-License-Identifier: Apache-2.0

extension GatePolicy {
  /// What is wrong with it; nil when nothing is.
  ///
  /// A bet on a chance of a half or less would gain evidence from equal speed, and one on certainty
  /// would lose all of it to a single pair.
  package var complaint: String? {
    func isOpenChance(_ x: Double) -> Bool { x > 0 && x < 1 }
    guard isOpenChance(alpha), isOpenChance(beta) else {
      return "alpha (\(alpha)) and beta (\(beta)) have to lie between 0 and 1"
    }
    guard failChance > 0.5, failChance < 1, passChance > 0.5, passChance < 1 else {
      return "the chances bet on, \(failChance) to fail and \(passChance) to pass, have to lie "
        + "between 0.5 and 1"
    }
    guard pairsMax >= 1, rounds >= 1 else {
      return "a gate takes at least 1 launch pair (\(pairsMax)) of 1 round (\(rounds))"
    }
    guard confirmingEvidence.isFinite, confirmingEvidence > 1 else {
      return "evidence that confirms (\(confirmingEvidence)) has to be above 1"
    }
    guard secondsMax > 0 else { return "a gate takes more than \(secondsMax) seconds" }
    return nil
  }
}
