// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// What a study does next.
package enum Proposal: Sendable, Hashable {
  /// Try this; so many draws before it broke a requirement and were not counted as trials.
  case new(Configuration, rejected: Int)
  /// Measure this trial's configuration once more.
  case again(Int, rejected: Int)
  /// Everything there is was tried.
  case exhausted
}

/// Makes a sampler's candidates into proposals that are valid and, where a value repeats exactly, new.
package struct Proposer: Sendable {
  /// Attempts at a new point before one is drawn from what is left.
  static let attempts = 20
  /// Draws at random before a space is held to have nothing valid.
  static let draws = 20_000
  /// Configurations of a finite space listed to find what is left of it.
  static let listed = 20_000

  package let sampler: any Sampler
  package let setup: SamplerSetup

  package init(sampler: any Sampler, setup: SamplerSetup) {
    self.sampler = sampler
    self.setup = setup
  }

  package func propose(trial: Int, _ history: StudyHistory) throws(SamplerError) -> Proposal {
    let space = setup.space
    let failures = sampler.isThinned ? FeasibilityEstimate(history) : nil
    var rejected = 0
    var repeats = 0
    for attempt in 0..<Self.draws where repeats < Self.attempts {
      guard let units = sampler.candidate(trial: trial, attempt: attempt, history) else { break }
      let configuration = space.configuration(at: units)
      if space.brokenRequirement(of: configuration) != nil {
        rejected += 1
        continue
      }
      if let number = history.numbers[SearchSpace.id(of: configuration)] {
        if setup.isNoisy, history.points.contains(where: { $0.number == number && $0.isMeasured }) {
          return .again(number, rejected: rejected)
        }
        repeats += 1
        continue
      }
      if let failures, isThinnedOut(configuration, failures, trial: trial, attempt: attempt) {
        repeats += 1
        continue
      }
      return .new(configuration, rejected: rejected)
    }
    return try fallback(trial: trial, history, rejected: rejected)
  }

  private func isThinnedOut(
    _ configuration: Configuration, _ failures: FeasibilityEstimate, trial: Int, attempt: Int
  ) -> Bool {
    var stream = setup.stream(trial, .failure, lane: attempt)
    return stream.uniform() > failures.chance(setup.space.units(of: configuration))
  }

  /// One of what is left, drawn evenly.
  private func fallback(
    trial: Int, _ history: StudyHistory, rejected: Int
  ) throws(SamplerError) -> Proposal {
    let space = setup.space
    var stream = setup.stream(trial, .fallback)
    if let all = space.enumerated(limit: Self.listed) {
      guard !all.isEmpty else {
        throw SamplerError(
          "no configuration of the space fulfils all of its requirements; loosen one of them")
      }
      let left = all.filter { !history.hasTried($0) }
      if left.isEmpty { return .exhausted }
      return .new(left[stream.index(below: left.count)], rejected: rejected)
    }
    var broken: [String: Int] = [:]
    for _ in 0..<Self.draws {
      let configuration = space.configuration(at: space.parameters.map { _ in stream.uniform() })
      if let requirement = space.brokenRequirement(of: configuration) {
        broken[requirement.text, default: 0] += 1
      } else if !history.hasTried(configuration) {
        return .new(configuration, rejected: rejected + broken.values.reduce(0, +))
      }
    }
    let worst = broken.max { ($0.value, $1.key) < ($1.value, $0.key) }
    throw SamplerError(
      "\(Self.draws) draws gave nothing valid that was not tried"
        + (worst.map { "; '\($0.key)' rejected \($0.value) of them: narrow the ranges to it" }
          ?? ""))
  }
}
