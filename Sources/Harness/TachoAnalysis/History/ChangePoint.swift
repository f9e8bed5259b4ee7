// SPDX-License-Identifier: Apache-2.0

/// Where the level of a series changed, by how much, and how surely.
package struct ChangePoint: Sendable, Hashable {
  /// The first value of the new level.
  package let index: Int
  /// The chance of a change at least as clear in a stretch of 60 values without one.
  package let p: Double
  /// The start of the window it was found in: `SeriesChanges.windows` has that window's own p.
  package let window: Int
  /// New level less old one, in the values' logarithms: ln(after / before), with its 95% interval.
  package let shift: HodgesLehmann
  /// What a change had to exceed here.
  package let floor: Double
  package let before: Level
  package let after: Level

  /// The values between two neighbouring change points, at most a window of them.
  package struct Level: Sendable, Hashable {
    package let count: Int
    package let median: Double
  }
}
