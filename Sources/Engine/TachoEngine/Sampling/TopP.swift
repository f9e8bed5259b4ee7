// SPDX-License-Identifier: Apache-2.0

/// Nucleus sampling (Holtzman and others, 2020): keeps the fewest tokens whose probability reaches
/// p.
///
/// 1 keeps all.
package struct TopP: LogitsFilter {
  package let mass: Double

  package init(mass: Double) { self.mass = mass }

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
