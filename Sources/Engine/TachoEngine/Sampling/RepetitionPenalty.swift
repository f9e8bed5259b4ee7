// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

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

  package static let knob = Knob(
    "sampler.repetition_penalty", .double(0.01...100), default: 1.0,
    "Makes tokens of the last 64 less likely; 1 changes nothing.")

  package init(setting: ConfigurationValue) {
    self.init(penalty: Float(setting.doubleValue ?? 1), window: 64)
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
