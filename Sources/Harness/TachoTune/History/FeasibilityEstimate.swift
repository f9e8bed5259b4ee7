// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The chance that a point does not fail, learnt from crashes, memory exhausted, timeouts and refusals:
/// constraints that nobody wrote down.
///
/// A kernel estimate on the unit cube: every finished trial speaks for its own neighbourhood by its
/// outcome, weighted exp(-d^2 / 2h^2) with h growing with the root of the dimension; a prior of one
/// success keeps far places possible.
package struct FeasibilityEstimate: Sendable {
  /// Width in one dimension, as a share of the range.
  static let width = 0.15
  /// Weight of the success that everything begins with.
  static let priorWeight = 0.1
  /// Where the chance is lower a model does not gamble while it has anything else to try: its hopes grow
  /// beyond a cliff, where nothing is ever measured that could damp them.
  static let leastChance = 0.25

  private let space: SearchSpace
  private let points: [(units: [Double?], isGood: Bool)]
  private let scale: Double

  /// Nil when nothing has failed: there is nothing to learn.
  package init?(_ history: StudyHistory) {
    let finished = history.finished
    guard finished.contains(where: \.hasFailed) else { return nil }
    space = history.space
    points = finished.map { ($0.units, !$0.hasFailed) }
    scale = 1 / (2 * Self.width * Self.width * Double(history.space.parameters.count))
  }

  /// Between 0 and 1, never 0.
  package func chance(_ units: [Double?]) -> Double {
    var good = Self.priorWeight
    var all = Self.priorWeight
    for point in points {
      let weight = exp(-space.squaredDistance(point.units, units) * scale)
      all += weight
      if point.isGood { good += weight }
    }
    return good / all
  }
}

extension SearchSpace {
  /// Squared distance in the unit cube: categories differ by 1 or not at all, and so does a parameter
  /// that only one of the two has.
  func squaredDistance(_ a: [Double?], _ b: [Double?]) -> Double {
    var sum = 0.0
    for place in parameters.indices { sum += squaredDifference(a[place], b[place], place) }
    return sum
  }

  /// The part of one parameter in the squared distance.
  func squaredDifference(_ a: Double?, _ b: Double?, _ place: Int) -> Double {
    switch (a, b) {
    case (nil, nil): return 0
    case (let a?, let b?):
      if parameters[place].isCategorical { return abs(a - b) < 1e-9 ? 0 : 1 }
      return (a - b) * (a - b)
    default: return 1
    }
  }
}
