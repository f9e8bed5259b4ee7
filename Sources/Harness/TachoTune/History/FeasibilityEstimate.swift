// SPDX-License-Identifier: Apache-2.0

/// The chance that a point does not fail, learnt from crashes, memory exhausted, timeouts and refusals:
/// constraints that nobody wrote down.
///
/// Every finished trial speaks by its outcome, weighted 1 / d^4 by its distance d in the unit cube (Shepard,
/// 1968), so that the nearest decides however near the edge is known; a prior of one success at the
/// distance `reach` in each parameter keeps what is far from all trials possible.
package struct FeasibilityEstimate: Sendable {
  static let reach = 0.4
  /// Where the chance is lower a model does not gamble while it has anything else to try: its hopes grow
  /// beyond a cliff, where nothing is ever measured that could damp them.
  static let leastChance = 0.75

  private let space: SearchSpace
  private let points: [(units: [Double?], isGood: Bool)]
  private let priorWeight: Double

  /// Nil when nothing has failed: there is nothing to learn.
  package init?(_ history: StudyHistory) {
    let finished = history.finished
    guard finished.contains(where: \.hasFailed) else { return nil }
    space = history.space
    points = finished.map { ($0.units, !$0.hasFailed) }
    priorWeight = Self.weight(Self.reach * Self.reach * Double(history.space.parameters.count))
  }

  /// Between 0 and 1, never 0.
  package func chance(_ units: [Double?]) -> Double {
    var good = priorWeight
    var all = priorWeight
    for point in points {
      let weight = Self.weight(space.squaredDistance(point.units, units))
      all += weight
      if point.isGood { good += weight }
    }
    return good / all
  }

  private static func weight(_ squaredDistance: Double) -> Double {
    1 / (squaredDistance * squaredDistance + 1e-12)
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
