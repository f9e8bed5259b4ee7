// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog
import TachoRecord

/// NSGA-II: a population of good and diverse trials breeds the next.
///
/// Deb, Pratap, Agarwal and Meyarivan, IEEE Trans. Evol. Comput. 2002: constrained domination, crowding,
/// binary tournaments, simulated binary crossover and polynomial mutation of numbers; categories are
/// inherited from either parent and mutate to any other. The population is found again from the
/// history: finished trials in the order of their numbers, cut into generations.
package struct NSGA2Sampler: Sampler {
  package static let name = "nsga2"
  package static let summary = "NSGA-II; several objectives, larger budgets."

  static let population = Knob(
    "sampler.population", .int(4...10_000), default: 20, "Trials of a generation.")
  static let crossover = Knob(
    "sampler.crossover", .double(0...1), default: 0.9, "Chance that a child has two parents.")
  package static let knobs = [population, crossover]
  /// Distribution indices of crossover and mutation: the larger, the closer to the parents.
  static let crossoverIndex = 15.0
  static let mutationIndex = 20.0

  private let setup: SamplerSetup
  private let size: Int

  package var isThinned: Bool { true }

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    self.setup = setup
    size = setup.int(Self.population)
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    let finished = history.finished
    guard finished.count >= size else {
      var stream = setup.stream(trial, .start, lane: attempt)
      return setup.space.parameters.map { _ in stream.uniform() }
    }
    let (population, ranks, crowding) = selected(finished)
    var stream = setup.stream(trial, .crossover, lane: attempt)
    func tournament() -> TriedPoint {
      let (a, b) = (stream.index(below: population.count), stream.index(below: population.count))
      if ranks[a] != ranks[b] { return population[ranks[a] < ranks[b] ? a : b] }
      return population[crowding[a] >= crowding[b] ? a : b]
    }
    let first = tournament()
    let second = tournament()
    let chance = (setup.options[Self.crossover.path] ?? Self.crossover.defaultValue).doubleValue
    let isCrossed = stream.uniform() < chance ?? 0
    return setup.space.parameters.indices.map { place in
      // What a parent lacks is drawn anew.
      let (a, b) = (first.units[place] ?? stream.uniform(), second.units[place] ?? stream.uniform())
      let child = isCrossed ? crossed(a, b, place, &stream) : a
      return mutated(child, place, &stream)
    }
  }

  /// The survivors of all generations that are complete, with their ranks and crowding distances.
  private func selected(
    _ finished: [TriedPoint]
  ) -> (population: [TriedPoint], ranks: [Int], crowding: [Double]) {
    var population: [TriedPoint] = []
    for start in stride(from: 0, through: finished.count - size, by: size) {
      population = survivors(population + finished[start..<(start + size)])
    }
    let ranks = ParetoRanking.ranks(population, by: Self.dominates)
    var crowding = [Double](repeating: 0, count: population.count)
    for rank in Set(ranks) {
      let front = population.indices.filter { ranks[$0] == rank }
      let distances = Self.crowding(front.map { population[$0] })
      for (place, distance) in zip(front, distances) { crowding[place] = distance }
    }
    return (population, ranks, crowding)
  }

  private func survivors(_ all: [TriedPoint]) -> [TriedPoint] {
    let ranks = ParetoRanking.ranks(all, by: Self.dominates)
    var kept: [TriedPoint] = []
    var rank = 0
    while kept.count < min(size, all.count) {
      let front = all.indices.filter { ranks[$0] == rank }.map { all[$0] }
      let room = size - kept.count
      if front.count <= room {
        kept += front
      } else {
        let distances = Self.crowding(front)
        let order = front.indices.sorted { (distances[$1], $0) < (distances[$0], $1) }
        kept += order.prefix(room).map { front[$0] }
      }
      rank += 1
    }
    return kept
  }

  /// What keeps the constraints goes before what does not, less violation before more.
  private static func dominates(_ a: TriedPoint, _ b: TriedPoint) -> Bool {
    if a.violation != b.violation, a.violation > 0 || b.violation > 0 {
      return a.violation < b.violation
    }
    if !a.isMeasured || !b.isMeasured { return a.isMeasured && !b.isMeasured }
    return ParetoRanking.dominates(a.losses.map(\.mean), b.losses.map(\.mean))
  }

  /// Distance to the neighbours on a front, in sum over the objectives; the ends are infinitely far.
  private static func crowding(_ front: [TriedPoint]) -> [Double] {
    var distances = [Double](repeating: 0, count: front.count)
    let objectives = front.first?.losses.count ?? 0
    for objective in 0..<objectives where front.allSatisfy({ $0.losses.count == objectives }) {
      let values = front.map { $0.losses[objective].mean }
      let order = front.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      let range = values[order[order.count - 1]] - values[order[0]]
      distances[order[0]] = .infinity
      distances[order[order.count - 1]] = .infinity
      guard range > 0 else { continue }
      for place in 1..<max(1, order.count - 1) {
        distances[order[place]] += (values[order[place + 1]] - values[order[place - 1]]) / range
      }
    }
    return distances
  }

  /// One of the two children of simulated binary crossover, within 0...1 (Deb and Agrawal 1995).
  private func crossed(
    _ a: Double, _ b: Double, _ place: Int, _ stream: inout DrawStream
  ) -> Double {
    let isSwapped = stream.uniform() < 0.5
    let draw = stream.uniform()
    if setup.space.parameters[place].isCategorical || abs(a - b) < 1e-14 {
      return isSwapped ? b : a
    }
    // Half of the numbers are inherited unchanged.
    guard stream.uniform() < 0.5 else { return isSwapped ? b : a }
    let (low, high) = (min(a, b), max(a, b))
    let room = isSwapped ? 1 - high : low
    let beta = 1 + 2 * room / (high - low)
    let alpha = 2 - pow(beta, -(Self.crossoverIndex + 1))
    let power = 1 / (Self.crossoverIndex + 1)
    let factor =
      draw <= 1 / alpha ? pow(draw * alpha, power) : pow(1 / (2 - draw * alpha), power)
    let middle = (low + high) / 2
    let half = factor * (high - low) / 2
    return min(max(isSwapped ? middle + half : middle - half, 0), 1)
  }

  /// Polynomial mutation with a chance of one over the parameters (Deb and Goyal 1996).
  private func mutated(_ unit: Double, _ place: Int, _ stream: inout DrawStream) -> Double {
    let happens = stream.uniform() < 1 / Double(setup.space.parameters.count)
    let draw = stream.uniform()
    guard happens else { return unit }
    if setup.space.parameters[place].isCategorical { return draw }
    let power = 1 / (Self.mutationIndex + 1)
    if draw < 0.5 {
      let part = 2 * draw + (1 - 2 * draw) * pow(1 - unit, Self.mutationIndex + 1)
      return max(0, unit + pow(part, power) - 1)
    }
    let part = 2 * (1 - draw) + (2 * draw - 1) * pow(unit, Self.mutationIndex + 1)
    return min(1, unit + 1 - pow(part, power))
  }
}
