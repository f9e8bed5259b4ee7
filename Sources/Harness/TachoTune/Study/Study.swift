// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Decides what a study does next from what is on record, and nothing else: any process may go on with it.
package struct Study: Sendable {
  package let definition: StudyDefinition
  package let samplerName: String
  private let proposer: Proposer

  package enum Step: Sendable, Hashable {
    /// A trial to make and measure.
    case new(TrialRecord, rejected: Int)
    /// A trial to measure once more.
    case again(Int, rejected: Int)
    case finished(Ending)
  }

  package enum Ending: String, Sendable, Hashable {
    case trials = "the budget of trials is used up"
    case cost = "the budget of cost is used up"
    case exhausted = "every valid configuration was tried"
  }

  package init(_ definition: StudyDefinition) throws(SamplerError) {
    guard definition.budget.trials >= 1 else {
      throw SamplerError("the budget must be at least one trial")
    }
    self.definition = definition
    samplerName = definition.sampler ?? SamplerChoice(definition).name
    let setup = SamplerSetup(
      space: definition.space, seed: definition.seed, objectives: definition.objectives.count,
      constraints: definition.constraints.count, trials: definition.budget.trials,
      isNoisy: definition.isNoisy, options: definition.samplerOptions)
    proposer = Proposer(sampler: try Samplers.make(samplerName, setup), setup: setup)
  }

  package func history(_ trials: [TrialRecord]) -> StudyHistory {
    StudyHistory(space: definition.space, objectives: definition.objectives, trials: trials)
  }

  /// What comes next; trials that are waiting are somebody's to take up and are counted as begun.
  package func next(_ trials: [TrialRecord]) throws(SamplerError) -> Step {
    let step = trials.reduce(0) { $0 + $1.measurements }
    let budget = definition.budget
    if step >= budget.trials { return .finished(.trials) }
    if let most = budget.cost, trials.reduce(0, { $0 + $1.cost }) >= most {
      return .finished(.cost)
    }
    let history = history(trials)
    if definition.isNoisy, definition.objectives.count == 1,
      Double(step) >= Double(budget.trials) * (1 - budget.confirm),
      let number = Confirmation(proposer.setup, history)?.next()
    {
      return .again(number, rejected: 0)
    }
    switch try proposer.propose(trial: step, history) {
    case .new(let configuration, let rejected):
      let number = (trials.map(\.number).max() ?? -1) + 1
      return .new(
        TrialRecord(number: number, configuration: configuration), rejected: rejected)
    case .again(let number, let rejected): return .again(number, rejected: rejected)
    case .exhausted: return .finished(.exhausted)
    }
  }

  /// The trial a user should take, with one objective: the best that keeps the constraints; among noisy
  /// values the one believed to be best.
  ///
  /// Nil when none keeps them.
  package func recommended(_ trials: [TrialRecord]) -> Int? {
    let history = history(trials)
    guard definition.objectives.count == 1 else { return nil }
    if definition.isNoisy, let confirmation = Confirmation(proposer.setup, history) {
      return confirmation.best
    }
    return history.finished.filter(\.isFeasible)
      .min { ($0.loss, $0.number) < ($1.loss, $1.number) }?.number
  }

  /// The numbers of the trials that no other dominates, with several objectives.
  package func front(_ trials: [TrialRecord]) -> [Int] {
    let feasible = history(trials).finished.filter(\.isFeasible)
    return ParetoRanking.front(feasible.map { $0.losses.map(\.mean) }).map { feasible[$0].number }
  }
}
