// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Nucleus sampling (Holtzman and others, 2020): keeps the fewest tokens whose probability reaches
/// p.
///
/// 1 keeps all.
package struct TopP: LogitsFilter {
  package let mass: Double

  package init(mass: Double) { self.mass = mass }

  package static let knob = Knob(
    "sampler.top_p", .double(0...1), default: 1.0,
    "Keeps the fewest tokens that reach this probability; 1 all.")

  package init(setting: ConfigurationValue) { self.init(mass: setting.doubleValue ?? 1) }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    guard mass < 1 else { return }
    candidates.sort()
    var reached = 0.0
    for (index, probability) in candidates.probabilities().enumerated() {
      reached += probability
      if reached >= mass {
        candidates.keepFirst(index + 1)
        return
      }
    }
  }
}
