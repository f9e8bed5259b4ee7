// SPDX-License-Identifier: Apache-2.0

/// A delay that was put into a sample on purpose, so that the measurement can be measured.
package struct InjectionRecord: Sendable, Hashable, Codable {
  /// The launches delayed: of this name, or of names that begin with it and a dot.
  package var op: String
  /// The delay over the time of the work.
  package var ratio: Double
  /// In forward passes whose index is a multiple of this.
  package var every: Int
  /// The index of the sample's first forward pass, counted from when the delay was set up.
  package var firstStep: Int

  package init(op: String, ratio: Double, every: Int, firstStep: Int) {
    self.op = op
    self.ratio = ratio
    self.every = every
    self.firstStep = firstStep
  }

  /// Whether it is meant for launches of this name.
  package func names(_ op: String) -> Bool { op == self.op || op.hasPrefix(self.op + ".") }

  package func delays(step: Int) -> Bool { (firstStep + step) % max(1, every) == 0 }
}
