// SPDX-License-Identifier: Apache-2.0

/// Looks for the point with the highest acquisition: many spread points and neighbours of the best trials,
/// then a pattern search from the best of these.
struct AcquisitionSearch {
  /// Points that a pattern search begins from, and the evaluations of each.
  static let starts = 4
  static let evaluations = 120

  let setup: SamplerSetup
  let model: Surrogate
  let history: StudyHistory
  let trial: Int
  let attempt: Int
  /// Spread points.
  let spread: Int

  private struct Place {
    var units: [Double]
    var score: Double
    /// 0 where a requirement is broken, 1 where it was tried before or is likely to fail.
    var rank: Int

    static func < (a: Place, b: Place) -> Bool { (a.rank, a.score) < (b.rank, b.score) }
  }

  private func place(_ units: [Double]) -> Place {
    let space = setup.space
    let configuration = space.configuration(at: units)
    let seen = space.units(of: configuration)
    if space.brokenRequirement(of: configuration) != nil {
      return Place(units: units, score: -.infinity, rank: 0)
    }
    let isOld = !setup.isNoisy && history.hasTried(configuration)
    let snapped = zip(seen, units).map { $0 ?? $1 }
    let isGamble = model.failureChance(seen) > 1 - FeasibilityEstimate.leastChance
    return Place(units: snapped, score: model.acquisition(seen), rank: isOld || isGamble ? 1 : 2)
  }

  func best() -> [Double]? {
    var places = candidates().map(place)
    places.sort { $1 < $0 }
    let firsts = places.prefix(Self.starts)
    var best = firsts.first
    for start in firsts where start.rank > 0 {
      let found = climbed(start)
      if best.map({ $0 < found }) ?? true { best = found }
    }
    return best?.units
  }

  private func candidates() -> [[Double]] {
    let space = setup.space
    var stream = setup.stream(trial, .acquisition, lane: attempt)
    var points = (0..<spread).map { _ in space.parameters.map { _ in stream.uniform() } }
    let best = history.finished.filter(\.isMeasured)
      .sorted { ($0.violation, $0.loss, $0.number) < ($1.violation, $1.loss, $1.number) }
    for point in best.prefix(5) {
      let centre = point.units.map { $0 ?? 0.5 }
      for width in [0.1, 0.03, 0.01, 0.003] {
        for _ in 0..<4 {
          points.append(
            centre.enumerated().map { index, unit in
              if space.parameters[index].isCategorical {
                return stream.uniform() < 0.2 ? stream.uniform() : unit
              }
              return min(max(unit + width * stream.normal(), 0), 1)
            })
        }
      }
    }
    return points
  }

  /// Pattern search (Hooke and Jeeves 1961): along each parameter by its own step, which grows when it
  /// helps and shrinks when not; categories are exchanged.
  private func climbed(_ start: Place) -> Place {
    let parameters = setup.space.parameters
    var best = start
    var steps = parameters.map { max(0.1, 1.01 / Double($0.count ?? 100)) }
    var signs = parameters.map { _ in 1.0 }
    var left = Self.evaluations
    while left > 0, steps.contains(where: { $0 > 1e-5 }) {
      let before = best
      for index in parameters.indices where left > 0 {
        if parameters[index].isCategorical {
          left -= exchange(index, &best)
          continue
        }
        // A step below half a cell goes nowhere.
        guard steps[index] > 0.4 / Double(parameters[index].count ?? 100_000) else { continue }
        var improved = false
        for sign in [signs[index], -signs[index]] {
          var units = best.units
          units[index] = min(max(units[index] + sign * steps[index], 0), 1)
          guard units[index] != best.units[index] else { continue }
          left -= 1
          let found = place(units)
          if best < found {
            best = found
            signs[index] = sign
            improved = true
            break
          }
        }
        steps[index] *= improved ? 1.6 : 0.4
      }
      if !(before < best),
        steps.indices.allSatisfy({
          parameters[$0].isCategorical || steps[$0] < 0.4 / Double(parameters[$0].count ?? 100_000)
        })
      {
        break
      }
    }
    return best
  }

  /// Tries the other categories of a parameter, at most eight; how many that were.
  private func exchange(_ index: Int, _ best: inout Place) -> Int {
    let parameter = setup.space.parameters[index]
    let count = min(parameter.count ?? 1, 8)
    var tried = 0
    for choice in 0..<count {
      var units = best.units
      units[index] = parameter.unit(of: parameter.value(at: choice)) ?? 0.5
      guard abs(units[index] - best.units[index]) > 1e-9 else { continue }
      tried += 1
      let found = place(units)
      if best < found { best = found }
    }
    return max(tried, 1)
  }
}
