// SPDX-License-Identifier: Apache-2.0

/// Makes tokens that already occurred less likely (Keskar and others, 2019, CTRL): a positive logit
/// is divided by the penalty, a negative one multiplied.
///
/// 1 changes nothing.
package struct RepetitionPenalty: LogitsFilter {
  package let penalty: Float
  /// How many of the latest tokens count.
  package let window: Int

  package init(penalty: Float, window: Int) {
    self.penalty = penalty
    self.window = window
  }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    guard penalty != 1, !history.isEmpty else { return }
    let recent = Set(history.suffix(window))
    candidates.mapLogits(keepingOrder: false) { entry in
      guard recent.contains(entry.token) else { return entry.logit }
      return entry.logit > 0 ? entry.logit / penalty : entry.logit * penalty
    }
  }
}
